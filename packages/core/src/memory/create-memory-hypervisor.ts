import { createControl, type MemoryControl } from './platform/control.js'
import { createMemoryPlatform, type MemoryPlatform, type MemoryPlatformOptions } from './platform/platform.js'
import { type MemoryPlugin, memoryPlugin } from './plugin.js'

/** A platform in this process, the plugin that reaches it, and the switches behind its back. */
export interface MemoryHypervisor {
  /** `createRegistry([memory.plugin])`, then `connect({ type: 'memory', endpoint: 'test' })`. */
  readonly plugin: MemoryPlugin
  readonly platform: MemoryPlatform
  /** State, time, faults and log. */
  readonly control: MemoryControl
}

/** A complete in-memory hypervisor for tests. By default with two hosts, two templates and virtual time. */
export function createMemoryHypervisor(options: MemoryPlatformOptions = {}): MemoryHypervisor {
  const platform = createMemoryPlatform(options)
  return { plugin: memoryPlugin(platform), platform, control: createControl(platform) }
}
