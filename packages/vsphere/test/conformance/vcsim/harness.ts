import {
  createRegistry,
  type FacetName,
  findMarker,
  type HypervisorPort,
  type Json,
  type Result,
  unwrap,
} from '@dcm/core'
import {
  type ConformanceHarness,
  type ConnectRequest,
  type FaultSwitches,
  type NativeVm,
  type RequestCounts,
  registryOptionsFor,
  skipCheck,
} from '@dcm/core/conformance/run'
import { vsphere } from '@dcm/vsphere'
import { createVsphereClient, reference, type VsphereClient } from '@dcm/vsphere/client'
import { startVcsim, type Vcsim, type VcsimVm } from '../../vcsim/start-vcsim.js'
import { isMutation } from '../traffic.js'

export const moduleUrl: string = import.meta.url

const endpoint = 'vcsim-lab'
const wrongPassword = 'wrong-password-of-the-kit'
const userData = '#cloud-config of the kit'
const template = 'DC0_C0_RP0_VM0'

/** How a process reaches the endpoint. */
interface Address {
  readonly url: string
  readonly thumbprint256: string
  readonly userName: string
  readonly password: string
}

/** A vcsim of one cluster; one VM of its model becomes the template. */
export async function createHarness(): Promise<ConformanceHarness> {
  const vcsim = await startVcsim({ vms: 4, hosts: 3, standaloneHosts: 0, autostart: false })
  const outsider = createVsphereClient({
    url: vcsim.url,
    ca: vcsim.certificate,
    auth: { username: vcsim.userName, password: vcsim.password },
  })
  for (const { ref, name } of await vcsim.vms()) {
    if (name === template) await outsider.call(reference('VirtualMachine', ref), 'MarkAsTemplate')
  }
  const networkId = await networkNamed(outsider, 'VM Network')
  let empty: Vcsim | undefined
  const seeded = (await vcsim.vms()).filter((vm) => !vm.template)
  const { url, thumbprint256, userName, password } = vcsim
  return {
    endpoint,
    scenario: {
      spec: { source: { from: 'template', template: { name: template } } },
      networkId,
      customization: { userData: { secretValue: userData } },
      name: (word) => `kit-${word}`,
      longestName: 'x'.repeat(80),
      tooLongName: 'x'.repeat(81),
      extension: {
        value: { vsphere: { extraConfig: { 'kit.note': 'by the kit' } } },
        isApplied: async (id) =>
          (await vcsim.vms()).find(({ instanceUuid }) => instanceUuid === id)?.extraConfig['kit.note'] === 'by the kit',
      },
      vmIds: seeded.map(({ instanceUuid }) => instanceUuid),
      templateNames: [template],
      secrets: [userData, password, wrongPassword],
      secretRef: 'kit:guest',
      listBudget: 18,
      readFanOut: 8,
      socketBudget: 8,
    },
    async connect(request = {}) {
      if (request.credentials === 'rightless') skipCheck('vcsim knows no rights')
      if (request.target === 'empty') {
        empty ??= await startVcsim({ vms: 0, esx: true }) // a bare host lacks facets that a vCenter has
        return connect(empty, request)
      }
      return connect(request.target === 'nobody' ? { ...vcsim, url: 'https://127.0.0.1:9' } : vcsim, request)
    },
    faults: faultsOf(vcsim, outsider),
    vms: async () => (await vcsim.vms()).filter((vm) => !vm.template).map(nativeVm),
    counts: () => countsOf(vcsim),
    resetCounts: () => vcsim.resetCounts(),
    attachment: { url, thumbprint256, userName, password },
    async close() {
      await outsider.close()
      await Promise.all([vcsim.close(), empty?.close()])
    },
  }
}

export async function attachHarness(attachment: Json): Promise<Pick<ConformanceHarness, 'connect' | 'close'>> {
  // What `attachment` above holds.
  const address = attachment as unknown as Address
  return { connect: (request = {}) => connect(address, request), close: async () => {} }
}

async function connect(address: Address, request: ConnectRequest): Promise<HypervisorPort> {
  const { credentials = 'good', trust = 'good' } = request
  const connected = await createRegistry([vsphere], registryOptionsFor(request, { guest: userData })).connect({
    type: 'vsphere',
    endpoint,
    url: address.url,
    auth: {
      username: address.userName,
      password: { secretValue: credentials === 'good' ? address.password : wrongPassword },
    },
    ...(trust === 'good' && { fingerprint256: address.thumbprint256 }),
    ...(trust === 'wrong-pin' && { fingerprint256: Array(32).fill('AB').join(':') }),
  })
  return withoutTickets(unwrap(connected))
}

/** vcsim has no AcquireTicket: who asks for a console learns so. */
function withoutTickets(port: HypervisorPort): HypervisorPort {
  const facet = async (name: FacetName): Promise<Result<unknown>> => {
    const answer = await port.facet(name)
    if (name !== 'console' || !answer.ok) return answer
    return { ok: true, value: { open: async () => skipCheck('vcsim gives no console tickets') } }
  }
  return { ...port, facet: facet as HypervisorPort['facet'] } // the same but for one method
}

/** What vcsim's own rules, or another client, can do. */
function faultsOf(vcsim: Vcsim, outsider: VsphereClient): FaultSwitches {
  const vmOf = async (id: string) => {
    const { ref = '' } = (await vcsim.vms()).find(({ instanceUuid }) => instanceUuid === id) ?? {}
    return reference('VirtualMachine', ref)
  }
  return {
    expireSessions: async () => void (await vcsim.endSessions()),
    garbage: () => vcsim.addTransportFault({ action: 'garbage' }),
    // An answer that trickles over ten minutes.
    stall: () => vcsim.addTransportFault({ action: 'slow', delayMs: 600_000 }),
    undoFails: () => vcsim.addFault({ method: 'Destroy_Task', fault: 'RuntimeFault' }),
    remove: async (id) => void (await outsider.run(await vmOf(id), 'Destroy_Task')),
    async move(id) {
      const vm = await vmOf(id)
      const { 'runtime.host': from } = await outsider.read(vm, 'VirtualMachine', ['runtime.host'])
      for await (const { ref } of outsider.retrieve('HostSystem', ['name'])) {
        if (ref.value !== from?.value) return void (await outsider.run(vm, 'RelocateVM_Task', { spec: { host: ref } }))
      }
    },
    taskDuration: (taskMs) => vcsim.setDelay({ taskMs }),
    slow: (callMs) => vcsim.setDelay({ callMs }),
    async clear() {
      await vcsim.clearFaults()
      await vcsim.setDelay({})
    },
  }
}

async function networkNamed(outsider: VsphereClient, wanted: string): Promise<string> {
  for await (const { ref, name } of outsider.retrieve('Network', ['name'])) if (name === wanted) return ref.value
  throw new Error(`the model has no ${wanted}`)
}

function nativeVm({ instanceUuid, name, powerState, extraConfig }: VcsimVm): NativeVm {
  const marker = findMarker(extraConfig['dcm.marker'] ?? '')
  return {
    id: instanceUuid,
    name,
    running: powerState === 'poweredOn',
    ...(marker && { marker: `${marker.key}:${marker.specHash}` }),
  }
}

async function countsOf(vcsim: Vcsim): Promise<RequestCounts> {
  const { requests } = await vcsim.state()
  const sum = (fits: (method: string) => boolean) =>
    Object.entries(requests).reduce((total, [method, count]) => total + (fits(method) ? count : 0), 0)
  return { requests: sum(() => true), writes: sum(isMutation), logins: requests.Login ?? 0 }
}
