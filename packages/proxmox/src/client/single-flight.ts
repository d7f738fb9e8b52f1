/** Runs one call at a time: whoever asks while it runs gets the same answer. */
export function singleFlight<Value>(run: () => Promise<Value>): () => Promise<Value> {
  let running: Promise<Value> | undefined
  return () => {
    running ??= run().finally(() => {
      running = undefined
    })
    return running
  }
}
