/** Milliseconds after which a check no longer waits for an operation: many times what one takes on a slow machine. */
export const patienceMs = 60_000
