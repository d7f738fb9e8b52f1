export type { PebbleFaults } from './faults.js'
export { type PebbleSimulator, startPebbleSimulator } from './server.js'
