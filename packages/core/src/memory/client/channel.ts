import type { MemoryPlatform, NativeReply, NativeRequest } from '../platform/platform.js'

/** The way to a platform: in this process, or over a loopback port. */
export interface MemoryChannel {
  /** Rejects with NativeRefusal, NoAnswer or StrangeAnswer. */
  send(request: NativeRequest, signal: AbortSignal): Promise<NativeReply>
  close(): Promise<void>
}

/** The way to a platform of this process. */
export function localChannel(platform: MemoryPlatform): MemoryChannel {
  return { send: (request, signal) => platform.send(request, signal), close: async () => {} }
}
