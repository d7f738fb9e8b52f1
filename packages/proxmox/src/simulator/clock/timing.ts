/** How long the platform takes for what; every number is in milliseconds of real time. */
export interface Timing {
  /** Multiplies the duration of every task step. */
  readonly taskFactor: number
  /** Every 401 is held back so long. */
  readonly loginDelayMs: number
  /** How long a call waits for a guest agent that does not answer. */
  readonly agentPatienceMs: number
  /** A guest's agent answers so long after the start of the guest. */
  readonly agentBootMs: number
  /** Between two broadcasts of statistics, on which most of /cluster/resources rests; 0 means none ever comes. */
  readonly statisticsIntervalMs: number
  /** How long a worker waits for the configuration lock of a VM, per second of the platform's own patience. */
  readonly lockSecondMs: number
  /** The console proxy waits so long for its one connection. */
  readonly consoleWindowMs: number
  /** The HA manager acts once in so long. */
  readonly haRoundMs: number
}

/** The platform's own times, as recorded from Proxmox VE 9.2. */
export const platformTiming: Timing = {
  taskFactor: 1,
  loginDelayMs: 3_000,
  agentPatienceMs: 3_000,
  agentBootMs: 10_000,
  statisticsIntervalMs: 10_000,
  lockSecondMs: 1_000,
  consoleWindowMs: 10_000,
  haRoundMs: 10_000,
}

/** All of the platform's times divided by `speed`, then overridden one by one. */
export function timingOf(speed: number, overrides: Partial<Timing> = {}): Timing {
  if (!(speed > 0)) throw new RangeError(`speed must be a number above 0, not ${speed}: 1 is the platform's own pace`)
  return {
    taskFactor: platformTiming.taskFactor / speed,
    loginDelayMs: platformTiming.loginDelayMs / speed,
    agentPatienceMs: platformTiming.agentPatienceMs / speed,
    agentBootMs: platformTiming.agentBootMs / speed,
    statisticsIntervalMs: platformTiming.statisticsIntervalMs / speed,
    lockSecondMs: platformTiming.lockSecondMs / speed,
    consoleWindowMs: platformTiming.consoleWindowMs / speed,
    haRoundMs: platformTiming.haRoundMs / speed,
    ...overrides,
  }
}
