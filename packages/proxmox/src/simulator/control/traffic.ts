/** How many requests to the platform's API are under way, as the server sees it. */
export interface Traffic {
  /** A request arrived; the function it returns is called when its answer is ready. */
  enter(): () => void
  /** The most at once since the last `clear`. */
  peak(): number
  clear(): void
}

export function createTraffic(): Traffic {
  let running = 0
  let peak = 0
  return {
    enter() {
      running += 1
      peak = Math.max(peak, running)
      let left = false
      return () => {
        if (left) return
        left = true
        running -= 1
      }
    },
    peak: () => peak,
    clear() {
      peak = running
    },
  }
}
