export { restartVm } from './power/restart.js'
export { startVm } from './power/start.js'
export { stopVm } from './power/stop.js'
