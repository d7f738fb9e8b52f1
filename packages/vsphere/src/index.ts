export type { VsphereCloudInit, VsphereExtension, VsphereWindows } from './adapter/extension.js'
export type { VsphereConfig, VspherePasswordAuth, VsphereTokenAuth } from './config.js'
export { vsphere } from './plugin.js'
