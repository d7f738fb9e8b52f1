export type { ProxmoxExtension } from './adapter/extension.js'
export type { ProxmoxConfig, ProxmoxPasswordAuth, ProxmoxTokenAuth } from './config.js'
export { proxmox } from './plugin.js'
