export type { MemoryExtensions } from './adapter/create-state.js'
export { powerStates } from './adapter/map-power.js'
export type { MemoryClient } from './client/native-client.js'
export type { MemoryConfig, RemoteMemoryConfig } from './config.js'
export { createMemoryHypervisor, type MemoryHypervisor } from './create-memory-hypervisor.js'
export { type MemoryClock, realClock, virtualClock } from './platform/clock.js'
export { createControl, type MemoryControl, type When } from './platform/control.js'
export type { Fault, FaultTarget } from './platform/faults.js'
export type { NativeLogEntry, NativeLogFilter } from './platform/log.js'
export type { NativeCall, NativeCalls } from './platform/native-calls.js'
export type { NativeCode } from './platform/native-error.js'
export type { NativePower, NativeRight, NativeTask, NativeVm, NativeVolume } from './platform/native-types.js'
export {
  createMemoryPlatform,
  type MemoryPlatform,
  type MemoryPlatformOptions,
  type NativeReply,
  type NativeRequest,
} from './platform/platform.js'
export { type MemoryTimings, realTimings, virtualTimings } from './platform/timings.js'
export { type MemoryPlugin, memoryPlugin, type RemoteMemoryPlugin, remoteMemory } from './plugin.js'
export { type RemoteMemoryControl, remoteControl } from './remote-control.js'
export { type ServedMemory, serveMemory } from './serve.js'
