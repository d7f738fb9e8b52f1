export { createPebbleClient, type PebbleClient } from './client.js'
export { PebbleError } from './error.js'
export type { About, Inventory, NewVm, PebbleTask, PebbleVm, PowerAction } from './types.js'
