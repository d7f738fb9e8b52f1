import { createRegistry, gib, type HypervisorPort, type Json, parseMarker, unwrap } from '@dcm/core'
import {
  type ConformanceHarness,
  type ConnectRequest,
  type NativeVm,
  type RequestCounts,
  registryOptionsFor,
  type Scenario,
  skipCheck,
} from '@dcm/core/conformance/run'
import { type RemoteMemoryControl, type RemoteMemoryPlugin, remoteControl, remoteMemory } from '@dcm/core/memory'
import { memoryFaults, nativeStates } from './faults.js'
import { type MemoryProcess, startMemoryProcess } from './memory-process.js'

export const moduleUrl: string = import.meta.url

const endpoint = 'memory-lab'
const password = 'memory-password-of-the-kit'
const guestPassword = 'guest-password-of-the-kit'
const secrets = { guest: guestPassword }
const isUp: ReadonlySet<string> = new Set(['UP', 'BOOTING', 'QUIESCING', 'FROZEN', 'MOVING'])

/** How a process reaches the endpoint. */
interface Address {
  readonly url: string
  readonly token: string
}

/** The in-memory hypervisor in a process of its own. */
export function createHarness(): Promise<ConformanceHarness> {
  return memoryHarness(startMemoryProcess, remoteMemory)
}

/** The in-memory hypervisor, served by `start` and reached by `plugin`. */
export async function memoryHarness(
  start: (options?: readonly string[]) => Promise<MemoryProcess>,
  plugin: RemoteMemoryPlugin,
): Promise<ConformanceHarness> {
  const served = await start()
  const control = remoteControl(served)
  let empty: MemoryProcess | undefined
  const vmIds = await seed(control)
  return {
    endpoint,
    scenario: scenarioOf(control, vmIds, served.token),
    async connect(request = {}) {
      if (request.target === 'empty') {
        // It lacks a facet, too, so that the kit sees how that is told.
        empty ??= await start(['--empty', '--without', 'console'])
        return connect(plugin, empty, request, 'memory')
      }
      const address = request.target === 'nobody' ? { ...served, url: 'http://127.0.0.1:9' } : served
      return connect(plugin, address, request)
    },
    nativeStates,
    faults: memoryFaults(control),
    vms: async () => (await control.vms()).map(nativeVm),
    volumes: async () => (await control.volumes()).map(({ id }) => id),
    counts: () => countsOf(control),
    resetCounts: () => control.clearLog(),
    attachment: { url: served.url, token: served.token },
    async close() {
      await control.close()
      await Promise.all([served.close(), empty?.close()])
    },
  }
}

export function attachHarness(attachment: Json): Promise<Pick<ConformanceHarness, 'connect' | 'close'>> {
  return attachMemory(attachment, remoteMemory)
}

/** Reaches the one that `memoryHarness` started, by `plugin`. */
export async function attachMemory(
  attachment: Json,
  plugin: RemoteMemoryPlugin,
): Promise<Pick<ConformanceHarness, 'connect' | 'close'>> {
  // What `attachment` above holds.
  const served = attachment as unknown as Address
  return { connect: (request = {}) => connect(plugin, served, request), close: async () => {} }
}

const passwords = { good: password, wrong: 'wrong-password-of-the-kit', rightless: password }

async function connect(
  plugin: RemoteMemoryPlugin,
  { url, token }: Address,
  request: ConnectRequest,
  good: string = password,
): Promise<HypervisorPort> {
  const { credentials = 'good', trust = 'good' } = request
  if (trust !== 'good') skipCheck('it is served over plain HTTP on loopback: there is no certificate to distrust')
  const connected = await createRegistry([plugin], registryOptionsFor(request, secrets)).connect({
    type: 'memory',
    endpoint,
    url,
    token: { secretValue: token },
    user: credentials === 'rightless' ? 'guest' : 'operator',
    password: { secretValue: credentials === 'good' ? good : passwords[credentials] },
  })
  return unwrap(connected)
}

const oddNames = ['Ünï/cödé 漢字 🦔', '100% "quoted" \'single\' & <b>', 'n'.repeat(80)] as const

/** Accounts, VMs on both hosts with states and tags, and two templates of one name; the ids of the VMs. */
async function seed(control: RemoteMemoryControl): Promise<readonly string[]> {
  await control.setAccount('operator', password, ['look', 'build', 'power', 'remove'])
  await control.setAccount('guest', password, [])
  for (const id of ['vm-9003', 'vm-9004'])
    await control.addVm({ id, name: 'twins', template: true, diskBytes: [gib(1)] })
  const wanted = [
    { name: 'web-1', state: 'UP', tags: ['web', 'prod'], host: 'host-1' },
    { name: 'web-2', tags: ['web'], host: 'host-2' },
    { name: 'web-2', state: 'HIBERNATED', host: 'host-1' },
    ...oddNames.map((name) => ({ name, host: 'host-2' })),
  ]
  const added = await Promise.all(wanted.map((vm) => control.addVm({ ...vm, diskBytes: [gib(1)], net: 'net-1' })))
  await control.clearLog()
  return added.map(({ id }) => id)
}

function scenarioOf(control: RemoteMemoryControl, vmIds: readonly string[], token: string): Scenario {
  return {
    spec: { source: { from: 'template', template: { name: 'debian-13' } } },
    networkId: 'net-2',
    customization: { userName: 'kit', password: { secretValue: guestPassword } },
    guest: { command: ['echo', 'hello kit'], prints: 'hello kit', endless: ['sleep', '86400'], path: '/tmp/kit' },
    name: (word) => `kit ${word}`,
    longestName: 'x'.repeat(80),
    tooLongName: 'x'.repeat(81),
    extension: {
      value: { memory: { priority: 9 } },
      isApplied: async (id) => (await control.vms()).find((vm) => vm.id === id)?.priority === 9,
    },
    vmIds,
    templateNames: ['debian-13', 'windows-2025', 'twins'],
    ambiguousTemplate: 'twins',
    oddNames,
    secrets: [guestPassword, password, passwords.wrong, token],
    secretRef: 'kit:guest',
    listBudget: 2,
    socketBudget: 16,
  }
}

type MemoryVm = Awaited<ReturnType<RemoteMemoryControl['vms']>>[number]

function nativeVm({ id, name, metadata, state, boots }: MemoryVm): NativeVm {
  const marker = metadata['dcm.marker']
  const isMarked = marker !== undefined && parseMarker(marker) !== undefined
  return { id, name, running: isUp.has(state), life: `boot ${boots}`, ...(isMarked && { marker }) }
}

async function countsOf(control: RemoteMemoryControl): Promise<RequestCounts> {
  return {
    requests: await control.count(),
    writes: await control.count({ mutation: true }),
    logins: await control.count({ call: 'session.open' }),
    connections: await control.connections(),
    concurrency: await control.concurrency(),
  }
}
