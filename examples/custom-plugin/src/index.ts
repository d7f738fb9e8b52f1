export type { PebbleConfig, PebbleExtensions } from './config.js'
export { type PebblePlugin, pebble } from './plugin.js'
