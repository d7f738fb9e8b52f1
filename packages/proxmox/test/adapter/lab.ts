import {
  type AuditEvent,
  createRegistry,
  type HypervisorError,
  type HypervisorPort,
  type Operation,
  type OperationKind,
  type OperationResults,
  type Result,
  unwrap,
  type VmInfo,
  type VmProvisionSpec,
} from '@dcm/core'
import { type ProxmoxConfig, proxmox } from '../../src/index.js'
import {
  type ProxmoxSimulator,
  type ProxmoxSimulatorOptions,
  startProxmoxSimulator,
} from '../../src/simulator/index.js'

export type ProxmoxPort = HypervisorPort<typeof proxmox>

/** Ends what is waited for in vain: many times what any operation takes on a slow machine. */
export const patienceMs = 120_000

/** A simulated cluster at a fast pace, though patient with locks, and ports to it. */
export interface Lab {
  readonly simulator: ProxmoxSimulator
  readonly port: ProxmoxPort
  readonly audit: readonly AuditEvent[]
  /** Another port, as another process would have it. */
  connect(overrides?: Partial<ProxmoxConfig>): Promise<ProxmoxPort>
  close(): Promise<void>
}

export async function startLab(options: ProxmoxSimulatorOptions = {}): Promise<Lab> {
  const timing = { lockSecondMs: 1_000, ...options.timing }
  const simulator = await startProxmoxSimulator({ speed: 100, ...options, timing })
  const audit: AuditEvent[] = []
  const registry = createRegistry([proxmox], { audit: (event) => void audit.push(event) })
  const ports: ProxmoxPort[] = []
  const connect: Lab['connect'] = async (overrides = {}) => {
    const port = unwrap(
      await registry.connect({
        type: 'proxmox',
        endpoint: 'lab',
        url: simulator.url,
        auth: {
          tokenId: simulator.credentials.tokenId,
          secret: { secretValue: simulator.credentials.tokenSecret },
        },
        fingerprint256: simulator.fingerprint256,
        ...overrides,
      }),
    )
    ports.push(port)
    return port
  }
  return {
    simulator,
    audit,
    port: await connect(),
    connect,
    async close() {
      await Promise.all(ports.map((port) => port.close()))
      await simulator.close()
    },
  }
}

/** A small VM from the seeded cloud template. */
export function cloudVm(
  name: string,
  more: Partial<VmProvisionSpec<typeof proxmox>> = {},
): VmProvisionSpec<typeof proxmox> {
  return { name, source: { from: 'template', template: { name: 'debian-13-cloud' } }, powerOn: false, ...more }
}

/** Waits for an operation that must succeed. */
export async function finish<K extends OperationKind>(started: Result<Operation<K>>): Promise<OperationResults[K]> {
  return unwrap(await unwrap(started).wait({ timeoutMs: patienceMs }))
}

export async function create(port: ProxmoxPort, spec: VmProvisionSpec<typeof proxmox>, key?: string): Promise<VmInfo> {
  return finish(await port.createVm(spec, key === undefined ? {} : { idempotencyKey: key }))
}

/** The error of a call, or of the operation it began. */
export async function failureOf<K extends OperationKind>(started: Result<Operation<K>>): Promise<HypervisorError> {
  const ended: Result<unknown> = started.ok ? await started.value.wait({ timeoutMs: patienceMs }) : started
  if (ended.ok) throw new Error('it succeeded, and was to fail')
  return ended.error
}

/** Requests that change something, as the server saw them; logins apart. */
export function writes(lab: Lab): string[] {
  return lab.simulator.requests
    .entries()
    .filter(({ method, path }) => method !== 'GET' && !path.includes('/access/ticket'))
    .map(({ method, path }) => `${method} ${path}`)
}

/** VMs of that name, counted at the platform itself. */
export function counted(lab: Lab, name: string): number {
  return lab.simulator.vms().filter((vm) => vm.name === name).length
}
