import { createRegistry, findMarker, type HypervisorPort, type Json, unwrap } from '@dcm/core'
import {
  type ConformanceHarness,
  type ConnectRequest,
  type NativeVm,
  registryOptionsFor,
  type Scenario,
} from '@dcm/core/conformance/run'
import { vsphere } from '@dcm/vsphere'
import { startVsphereSimulatorProcess, type VsphereSimulatorProcess } from '@dcm/vsphere/simulator'
import { vsphereFaults } from './faults.js'
import { nativeStates } from './native-states.js'
import { countsOf } from './traffic.js'

export const moduleUrl: string = import.meta.url

const endpoint = 'vsphere-lab'
const username = 'administrator@vsphere.local'
const password = 'vcenter-password-of-the-kit'
const wrongPassword = 'wrong-password-of-the-kit'
const userData = '#cloud-config of the kit'
const rightless = { username: 'nobody@vsphere.local', password: 'nobody-password-of-the-kit' }

/** How a process reaches the endpoint. */
interface Address {
  readonly url: string
  readonly fingerprint256: string
}

/** A simulated vCenter with a cluster of three hosts in a process of its own. */
export async function createHarness(): Promise<ConformanceHarness> {
  const options = {
    speed: 200,
    timing: { guestBoot: 0 },
    username,
    password,
    withoutRole: rightless,
  }
  const simulator = await startVsphereSimulatorProcess({
    ...options,
    seed: { vms: 3, oddNames: true, twins: true, running: false },
  })
  let empty: VsphereSimulatorProcess | undefined
  return {
    endpoint,
    scenario: await scenarioOf(simulator),
    async connect(request = {}) {
      if (request.target === 'empty') {
        // A bare host, which lacks facets that a vCenter has.
        const seed = { vms: 0, templates: false }
        empty ??= await startVsphereSimulatorProcess({ ...options, product: 'esxi', seed })
        return connect(empty, request)
      }
      return connect(request.target === 'nobody' ? { ...simulator, url: 'https://127.0.0.1:9' } : simulator, request)
    },
    nativeStates,
    faults: vsphereFaults(simulator),
    vms: async () => (await simulator.state()).vms.filter(({ template }) => !template).map(nativeVm),
    async volumes() {
      const { vms, keptDisks } = await simulator.state()
      return [...vms.flatMap(({ diskFiles }) => diskFiles), ...keptDisks]
    },
    counts: () => countsOf(simulator),
    resetCounts: () => simulator.clearRequests(),
    attachment: { url: simulator.url, fingerprint256: simulator.fingerprint256 },
    async close() {
      await Promise.all([simulator.close(), empty?.close()])
    },
  }
}

export async function attachHarness(attachment: Json): Promise<Pick<ConformanceHarness, 'connect' | 'close'>> {
  // What `attachment` above holds.
  const address = attachment as unknown as Address
  return { connect: (request = {}) => connect(address, request), close: async () => {} }
}

async function connect({ url, fingerprint256 }: Address, request: ConnectRequest): Promise<HypervisorPort> {
  const { credentials = 'good', trust = 'good' } = request
  const account = {
    good: { username, password },
    wrong: { username, password: wrongPassword },
    rightless,
  }[credentials]
  const connected = await createRegistry([vsphere], registryOptionsFor(request, { guest: userData })).connect({
    type: 'vsphere',
    endpoint,
    url,
    auth: { username: account.username, password: { secretValue: account.password } },
    ...(trust === 'good' && { fingerprint256 }),
    ...(trust === 'opted' && { allowUntrusted: true }),
    ...(trust === 'wrong-pin' && { fingerprint256: Array(32).fill('AB').join(':') }),
  })
  return unwrap(connected)
}

async function scenarioOf(simulator: VsphereSimulatorProcess): Promise<Scenario> {
  const { vms } = await simulator.state()
  const seeded = vms.filter(({ template }) => !template)
  return {
    spec: { source: { from: 'template', template: { name: 'debian-13-cloud' } } },
    customization: { userData: { secretValue: userData } },
    // 'VLAN 100'; the template is on another one.
    networkId: 'dvportgroup-13',
    name: (word) => `kit/${word}`,
    longestName: 'x'.repeat(80),
    tooLongName: 'x'.repeat(81),
    extension: {
      value: { vsphere: { extraConfig: { 'kit.note': 'by the kit' } } },
      isApplied: async (id) => {
        const { vms: now } = await simulator.state()
        return now.find(({ instanceUuid }) => instanceUuid === id)?.extraConfig['kit.note'] === 'by the kit'
      },
    },
    guest: {
      command: ['/bin/echo', 'said by the kit'],
      prints: 'said by the kit',
      endless: ['/bin/sleep', '3600'],
      path: '/tmp/of-the-kit',
      login: { userName: simulator.guestLogin.username, password: { secretValue: simulator.guestLogin.password } },
    },
    canOptForUntrusted: true,
    vmIds: seeded.map(({ instanceUuid }) => instanceUuid),
    templateNames: [...new Set(vms.filter(({ template }) => template).map(({ name }) => name))],
    ambiguousTemplate: 'twins',
    oddNames: seeded.map(({ name }) => name).filter((name) => /[^\w-]/.test(name)),
    secrets: [userData, password, wrongPassword, rightless.password, simulator.guestLogin.password],
    secretRef: 'kit:guest',
    // Connecting, the view, ten pages, the view's end; a login at the REST services, and the tags.
    listBudget: 18,
    // Inventories are read type by type, side by side.
    readFanOut: 8,
    // The plugin's default, and the connection by which the harness asks.
    socketBudget: 8 + 1,
  }
}

type SimulatedVm = Awaited<ReturnType<VsphereSimulatorProcess['state']>>['vms'][number]

function nativeVm({ instanceUuid, name, powerState, boots, extraConfig }: SimulatedVm): NativeVm {
  const marker = findMarker(extraConfig['dcm.marker'] ?? '')
  return {
    id: instanceUuid,
    name,
    running: powerState === 'poweredOn',
    life: `boot ${boots}`,
    ...(marker && { marker: `${marker.key}:${marker.specHash}` }),
  }
}
