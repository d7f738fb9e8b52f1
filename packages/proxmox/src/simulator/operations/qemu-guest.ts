import type { Vm } from '../cluster/cluster.js'
import { isAgentEnabled, requireVm } from '../cluster/guest-config.js'
import { failure, parameterError } from '../http/platform-error.js'
import { readPropertyString } from '../schema/property-string.js'
import type { Answer, Call, Operation } from './operation.js'
import { agentAnswers } from './power-work.js'
import type { Row } from './resource-rows.js'

/** The guest whose agent answers, or the refusal that fits; one that does not answer costs the agent's patience. */
async function requireAgent(call: Call): Promise<Vm> {
  const { world, node, parameters } = call
  const vm = requireVm(world.cluster, node, parameters.integer('vmid'))
  if (!isEnabledText(vm)) throw failure('No QEMU guest agent configured')
  if (vm.running === undefined) throw failure(`VM ${vm.vmid} is not running`)
  if (agentAnswers(world, vm)) return vm
  await world.clock.sleep(world.timing.agentPatienceMs)
  throw failure('QEMU guest agent is not running')
}

/** Only an absent key counts as not configured; `agent: 0` looks like an agent that is silent. */
function isEnabledText(vm: Vm): boolean {
  return vm.config.has('agent') || isAgentEnabled(vm.config)
}

function interfaces(vm: Vm): Row[] {
  const loopback: Row = {
    name: 'lo',
    'hardware-address': '00:00:00:00:00:00',
    'ip-addresses': [
      { 'ip-address': '127.0.0.1', 'ip-address-type': 'ipv4', prefix: 8 },
      { 'ip-address': '::1', 'ip-address-type': 'ipv6', prefix: 128 },
    ],
  }
  const cards = [...vm.config].filter(([key]) => /^net\d+$/.test(key))
  return [loopback, ...cards.map(([key, value], index) => card(vm, key, String(value), index))]
}

function card(vm: Vm, key: string, value: string, index: number): Row {
  const address = [...readPropertyString(value, 'model').values()][0] ?? ''
  const configured = readPropertyString(String(vm.config.get(`ipconfig${key.slice(3)}`) ?? ''), 'ip').get('ip')
  const [ip = '', prefix] = configured?.includes('/') === true ? configured.split('/') : [leased(vm.vmid, index), '24']
  return {
    name: `eth${index}`,
    'hardware-address': address.toLowerCase(),
    'ip-addresses': [
      { 'ip-address': ip, 'ip-address-type': 'ipv4', prefix: Number(prefix) },
      {
        'ip-address': `fe80::${address.toLowerCase().replaceAll(':', '').slice(-4)}`,
        'ip-address-type': 'ipv6',
        prefix: 64,
      },
    ],
    statistics: { 'rx-bytes': 4096, 'tx-bytes': 2048, 'rx-packets': 32, 'tx-packets': 16 },
  }
}

/** What a DHCP server of the test network (TEST-NET-2 and beyond) would lease. */
function leased(vmid: number, index: number): string {
  return `10.${20 + index}.${Math.floor(vmid / 250) % 250}.${(vmid % 250) + 2}`
}

function answer(read: (vm: Vm) => unknown): Operation['run'] {
  return async (call) => ({ data: { result: read(await requireAgent(call)) } })
}

async function exec(call: Call): Promise<Answer> {
  const vm = await requireAgent(call)
  const command = call.parameters.list('command')
  const pid = 1_000 + vm.guest.processes.size
  const [program = '', ...rest] = command
  const name = program.split('/').at(-1)
  const output = name === 'echo' ? `${rest.join(' ')}\n` : name === 'hostname' ? `${hostName(vm)}\n` : ''
  vm.guest.processes.set(pid, { command, exitCode: name === 'false' ? 1 : 0, output })
  return { data: { pid } }
}

async function execStatus(call: Call): Promise<Answer> {
  const vm = await requireAgent(call)
  const pid = call.parameters.integer('pid')
  const process = vm.guest.processes.get(pid)
  if (process === undefined) throw failure(`Agent error: Invalid parameter 'pid'`)
  const output = process.output === '' ? {} : { 'out-data': process.output }
  return { data: { exited: 1, exitcode: process.exitCode, ...output } }
}

function hostName(vm: Vm): string {
  return String(vm.config.get('name') ?? `vm${vm.vmid}`)
}

async function generic(call: Call): Promise<Answer> {
  const command = call.parameters.text('command')
  const vm = await requireAgent(call)
  if (command === 'ping') return { data: { result: {} } }
  if (command === 'network-get-interfaces') return { data: { result: interfaces(vm) } }
  throw parameterError({ command: `command '${command}' is not modelled by the simulator` })
}

const operatingSystem = {
  id: 'debian',
  name: 'Debian GNU/Linux',
  'pretty-name': 'Debian GNU/Linux 13 (trixie)',
  version: '13 (trixie)',
  'version-id': '13',
  'kernel-release': '6.12.48+deb13-cloud-amd64',
  'kernel-version': '#1 SMP PREEMPT_DYNAMIC',
  machine: 'x86_64',
}

const base = '/nodes/{node}/qemu/{vmid}/agent'

export const qemuGuestOperations: readonly Operation[] = [
  { key: `POST ${base}`, run: generic },
  { key: `POST ${base}/ping`, run: answer(() => ({})) },
  { key: `GET ${base}/network-get-interfaces`, run: answer(interfaces) },
  { key: `GET ${base}/get-osinfo`, run: answer(() => operatingSystem) },
  { key: `GET ${base}/get-host-name`, run: answer((vm) => ({ 'host-name': hostName(vm) })) },
  { key: `GET ${base}/get-time`, run: answer((vm) => (vm.running?.startedAt ?? 0) * 1_000_000) },
  {
    key: `GET ${base}/info`,
    run: answer(() => ({ version: '10.0.2', supported_commands: [{ name: 'guest-ping', enabled: true }] })),
  },
  { key: `POST ${base}/exec`, run: exec },
  { key: `GET ${base}/exec-status`, run: execStatus },
]
