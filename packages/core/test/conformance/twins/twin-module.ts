import type { HypervisorAdapter, Json } from '@dcm/core'
import type { ConformanceHarness, HarnessModule } from '@dcm/core/conformance/run'
import { createMemoryPlatform, type RemoteMemoryPlugin, remoteMemory, serveMemory } from '@dcm/core/memory'
import { attachMemory, memoryHarness } from '../harness.js'
import { twinGroups } from './index.js'
import { but, type Fault, type Twin } from './twin.js'

/** The in-memory hypervisor, served by this process, with the fault in it. */
export function moduleOf({ make, name }: Pick<Twin, 'make' | 'name'>): HarnessModule {
  return {
    moduleUrl: import.meta.url,
    attachHarness,
    async createHarness() {
      const fault = make()
      const harness = await memoryHarness((options) => serve(options, fault), faultyPlugin(fault))
      const connect = fault.connect?.(harness.connect) ?? harness.connect
      const attachment = { twin: name, at: harness.attachment ?? null }
      return but(harness, { connect: faultyConnect(fault, connect, harness), attachment })
    },
  }
}

/** What another process loads to meet a twin that this one serves, with its fault on that side too. */
export async function attachHarness(attachment: Json): Promise<Pick<ConformanceHarness, 'connect' | 'close'>> {
  // What `moduleOf` gives.
  const { twin: name, at } = attachment as { readonly twin: string; readonly at: Json }
  const twin = Object.values(twinGroups)
    .flatMap(({ twins }) => twins)
    .find((one) => one.name === name)
  if (!twin) throw new RangeError(`there is no twin '${name}'`)
  const fault = twin.make()
  const harness = await attachMemory(at, faultyPlugin(fault))
  return { ...harness, connect: faultyConnect(fault, harness.connect) }
}

function faultyPlugin(fault: Fault): RemoteMemoryPlugin {
  return {
    ...remoteMemory,
    connect(config, context) {
      const adapter = remoteMemory.connect(config, context)
      // The native client stays what it is: no check looks at it.
      return but(adapter, (fault.adapter?.(adapter as HypervisorAdapter) ?? {}) as Partial<typeof adapter>)
    },
  }
}

function faultyConnect(
  fault: Fault,
  connect: ConformanceHarness['connect'],
  harness?: ConformanceHarness,
): ConformanceHarness['connect'] {
  return async (request = {}) => {
    const port = await connect(request)
    return fault.port?.(port, { request, ...(harness && { harness }) }) ?? port
  }
}

async function serve(options: readonly string[] = [], fault: Fault) {
  const platform = createMemoryPlatform({
    clock: 'real',
    empty: options.includes('--empty'),
    without: options.includes('--without') ? ['console'] : [],
  })
  if (fault.send) platform.send = fault.send(platform.send.bind(platform))
  return serveMemory(platform)
}
