import type { HypervisorError } from '../../errors/hypervisor-error.js'
import type { VmRef } from '../../model/references.js'
import type { OperationKind, OperationResults } from '../../operations/handle.js'
import type { Operation } from '../../operations/operation.js'
import type { HypervisorPort } from '../../port.js'
import { createRegistry } from '../../registry/create-registry.js'
import { type Result, unwrap } from '../../result.js'
import { errorOf } from '../../testing/connect-fake.js'
import { gib } from '../../units.js'
import { createMemoryHypervisor } from '../create-memory-hypervisor.js'
import type { MemoryControl } from '../platform/control.js'
import type { MemoryPlatformOptions } from '../platform/platform.js'
import type { MemoryPlugin } from '../plugin.js'

/** An in-memory hypervisor with one stopped VM, `web-1`, and a port to it. */
export interface Lab extends AsyncDisposable {
  readonly port: HypervisorPort<MemoryPlugin>
  readonly control: MemoryControl
  readonly id: string
  readonly ref: VmRef
  /** The VM, running. */
  run(): Promise<VmRef>
}

export async function openLab(options: MemoryPlatformOptions = {}): Promise<Lab> {
  const { plugin, control } = createMemoryHypervisor(options)
  const port = unwrap(await createRegistry([plugin]).connect({ type: 'memory', endpoint: 'lab' }))
  const { id } = control.addVm({ name: 'web-1', diskBytes: [gib(8)], net: 'net-1', tags: ['old'] })
  const ref = { endpoint: 'lab', id }
  return {
    port,
    control,
    id,
    ref,
    run: async () => (await finish(port.startVm(ref))).ref,
    [Symbol.asyncDispose]: () => port.close(),
  }
}

/** What a change gives that should succeed. */
export async function finish<K extends OperationKind>(
  started: Promise<Result<Operation<K>>>,
): Promise<OperationResults[K]> {
  return unwrap(await unwrap(await started).wait({ timeoutMs: 20_000 }))
}

/** Why a change failed, be it refused at once or later. */
export async function failure<K extends OperationKind>(
  started: Promise<Result<Operation<K>>>,
): Promise<HypervisorError> {
  const begun = await started
  return begun.ok ? errorOf(await begun.value.wait({ timeoutMs: 20_000 })) : begun.error
}
