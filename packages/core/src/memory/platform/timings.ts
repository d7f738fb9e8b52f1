/** How long the platform takes, in milliseconds of its clock. */
export interface MemoryTimings {
  cloneMs: number
  createMs: number
  growMs: number
  startMs: number
  haltMs: number
  removeMs: number
  snapshotMs: number
  moveMs: number
  /** To take an image in. */
  imageMs: number
  /** From start to a guest that answers. */
  bootMs: number
  /** A guest that was asked to stop. */
  stopMs: number
  /** How long ended tasks are remembered. */
  rememberTasksMs: number
  /** What clients are told to wait between looks. */
  pollMs: number
}

export const virtualTimings: MemoryTimings = {
  cloneMs: 4000,
  createMs: 1500,
  growMs: 500,
  startMs: 500,
  haltMs: 300,
  removeMs: 800,
  snapshotMs: 700,
  moveMs: 2500,
  imageMs: 1200,
  bootMs: 2000,
  stopMs: 3000,
  rememberTasksMs: 600_000,
  pollMs: 0,
}

/** For a clock that passes by itself: quick enough for demonstrations and tests. */
export const realTimings: MemoryTimings = {
  cloneMs: 60,
  createMs: 40,
  growMs: 20,
  startMs: 20,
  haltMs: 15,
  removeMs: 30,
  snapshotMs: 25,
  moveMs: 40,
  imageMs: 20,
  bootMs: 30,
  stopMs: 40,
  rememberTasksMs: 600_000,
  pollMs: 8,
}
