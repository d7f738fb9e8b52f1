export type { AcmeConfig, AcmeExtensions } from './config.js'
export { type AcmePlugin, acme } from './plugin.js'
