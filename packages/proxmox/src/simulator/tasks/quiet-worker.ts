import type { SimulatorClock } from '@dcm/wire/loopback'
import type { Timing } from '../clock/timing.js'
import type { TaskWorker } from './worker.js'

let daemonPid = 0x4000 // only so that two daemons never show one pid

/** Work of a daemon that has no task of its own: takes its time, writes no log. */
export function createQuietWorker(clock: SimulatorClock, timing: Timing): TaskWorker {
  daemonPid += 3
  return {
    upid: '',
    node: '',
    pid: daemonPid,
    log: () => {},
    warn: () => {},
    pause: (ms) => clock.sleep(ms * timing.taskFactor),
  }
}
