import { createRegistry, findMarker, type HypervisorPort, type Json, unwrap } from '@dcm/core'
import {
  type ConformanceHarness,
  type ConnectRequest,
  type NativeVm,
  type RequestCounts,
  registryOptionsFor,
  type Scenario,
} from '@dcm/core/conformance/run'
import { proxmox } from '@dcm/proxmox'
import { type ProxmoxSimulatorProcess, startProxmoxSimulatorProcess } from '@dcm/proxmox/simulator'
import { proxmoxFaults, speed } from './faults.js'
import { nativeStates } from './native-states.js'

export const moduleUrl: string = import.meta.url

const endpoint = 'proxmox-lab'
const password = 'root-password-of-the-kit'
const wrongPassword = 'wrong-password-of-the-kit'
const guestPassword = 'guest-password-of-the-kit'
const rightless = { id: 'nobody@pve', password: 'nobody-password-of-the-kit' }
const templates = [
  { vmid: 9000, name: 'debian-13-cloud', diskGib: 3, cloudInit: true, agent: true },
  { vmid: 9001, name: 'twins', diskGib: 1 },
  { vmid: 9002, name: 'twins', diskGib: 1 },
]
const vms = [
  { vmid: 201, name: 'web-1', node: 'pve1', running: true, tags: 'prod;web' },
  { vmid: 202, name: 'web-2', node: 'pve2', tags: 'web' },
  { vmid: 203, name: 'web-2', node: 'pve3', running: true },
  { vmid: 204, name: `${'n'.repeat(60)}.eu`, node: 'pve1' },
]

/** How a process reaches the endpoint. */
interface Address {
  readonly url: string
  readonly fingerprint256: string
}

/** A simulated cluster of three nodes in a process of its own. */
export async function createHarness(): Promise<ConformanceHarness> {
  const options = { speed, password, timing: { lockSecondMs: 1_000 } }
  const simulator = await startProxmoxSimulatorProcess({ ...options, seed: { templates, vms, users: [rightless] } })
  let empty: ProxmoxSimulatorProcess | undefined
  return {
    endpoint,
    scenario: scenarioOf(simulator),
    async connect(request = {}) {
      if (request.target === 'empty') {
        empty ??= await startProxmoxSimulatorProcess({ ...options, seed: { templates: [], vms: [] } })
        return connect(empty, request)
      }
      return connect(request.target === 'nobody' ? { ...simulator, url: 'https://127.0.0.1:9' } : simulator, request)
    },
    nativeStates,
    faults: proxmoxFaults(simulator),
    vms: async () => (await simulator.state()).vms.filter(({ template }) => !template).map(nativeVm),
    volumes: async () => (await simulator.state()).volumes.map(({ node = '', volid }) => `${node}/${volid}`),
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

/** With a password, not a token: so that there are logins and sessions to look at. */
async function connect({ url, fingerprint256 }: Address, request: ConnectRequest): Promise<HypervisorPort> {
  const { credentials = 'good', trust = 'good' } = request
  const isRightless = credentials === 'rightless'
  const secretValue = isRightless ? rightless.password : credentials === 'good' ? password : wrongPassword
  const connected = await createRegistry([proxmox], registryOptionsFor(request, { guest: guestPassword })).connect({
    type: 'proxmox',
    endpoint,
    url,
    auth: { username: isRightless ? rightless.id : 'root@pam', password: { secretValue } },
    ...(trust === 'good' && { fingerprint256 }),
    ...(trust === 'opted' && { allowUntrusted: true }),
    ...(trust === 'wrong-pin' && { fingerprint256: Array(32).fill('AB').join(':') }),
  })
  return unwrap(connected)
}

function scenarioOf(simulator: ProxmoxSimulatorProcess): Scenario {
  const { tokenSecret } = simulator.credentials
  return {
    spec: { source: { from: 'template', template: { name: 'debian-13-cloud' } } },
    networkId: 'vmbr1',
    customization: { userName: 'kit', password: { secretValue: guestPassword } },
    name: (word) => `kit-${word}`,
    longestName: 'x'.repeat(63),
    tooLongName: 'x'.repeat(64),
    extension: {
      value: { proxmox: { onboot: true } },
      isApplied: async (id) => {
        const vm = (await simulator.state()).vms.find(({ vmid }) => vmid === Number(id))
        return String(vm?.config.onboot) === '1'
      },
    },
    canOptForUntrusted: true,
    vmIds: vms.map(({ vmid }) => String(vmid)),
    templateNames: [...new Set(templates.map(({ name }) => name))],
    ambiguousTemplate: 'twins',
    // Names are host names here: a dot and the greatest length are as odd as they get.
    oddNames: vms.flatMap(({ name }) => (name.includes('.') ? [name] : [])),
    secrets: [guestPassword, password, wrongPassword, rightless.password, tokenSecret],
    secretRef: 'kit:guest',
    listBudget: 3,
    readFanOut: 2,
    // The plugin's default, and the connection by which the harness asks.
    socketBudget: 8 + 1,
  }
}

type SimulatedVm = Awaited<ReturnType<ProxmoxSimulatorProcess['state']>>['vms'][number]

function nativeVm({ vmid, name = '', running, boots, config }: SimulatedVm): NativeVm {
  const marker = findMarker(String(config.description ?? ''))
  return {
    id: String(vmid),
    name,
    running,
    life: `boot ${boots}`,
    ...(marker && { marker: `${marker.key}:${marker.specHash}` }),
  }
}

async function countsOf(simulator: ProxmoxSimulatorProcess): Promise<RequestCounts> {
  const requests = await simulator.requests()
  const isLogin = (path: string) => path.endsWith('/access/ticket')
  return {
    requests: requests.length,
    writes: requests.filter(({ method, path }) => method !== 'GET' && !isLogin(path)).length,
    logins: requests.filter(({ path }) => isLogin(path)).length,
    connections: await simulator.connectionsAtOnce(),
    concurrency: await simulator.concurrency(),
  }
}
