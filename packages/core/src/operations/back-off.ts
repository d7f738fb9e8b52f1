/** Milliseconds until attempt `tries + 1`: doubling from half a second to half a minute, spread by a third. */
export function backOffMs(tries: number, random: () => number = Math.random): number {
  const full = Math.min(30_000, 500 * 2 ** Math.min(tries, 6))
  return Math.round(full * (1 - random() / 3))
}
