import { createHash, randomUUID } from 'node:crypto'
import { invalidArgument, vimFault } from '../fault.js'
import type { PowerState } from '../machines/machine.js'
import { configOf, type Machine, runtimeOf, setRuntime } from '../machines/machine.js'
import { isUsable } from '../machines/placement.js'
import { bootGuest, powerOff, powerOn, requirePower, requireTools, suspend } from '../machines/power.js'
import { questionOf } from '../machines/question.js'
import type { Ref } from '../world/managed-object.js'
import type { World } from '../world/world.js'
import type { Call, Handlers } from './handler.js'

interface PowerOrder {
  readonly from: readonly PowerState[]
  readonly to: PowerState
  readonly durationMs: number
  readonly hold?: () => Promise<void>
  readonly finish: () => void
}

function powerTask(call: Call, machine: Machine, order: PowerOrder): Ref {
  const { world } = call
  if (configOf(machine).template) throw vimFault('InvalidState', {}, 'The operation is not allowed on a template.')
  const check = (): void => {
    requirePower(machine, order.from, order.to)
    if (order.to === 'poweredOn') requireHost(world, machine)
  }
  if (world.switches.powerStateAsFault) check()
  return call.tasks.start({
    method: call.method,
    entity: machine,
    userName: call.session.userName,
    locks: [machine],
    durationMs: order.durationMs,
    check,
    ...(order.hold === undefined ? {} : { hold: order.hold }),
    finish: order.finish,
  })
}

function requireHost(world: World, machine: Machine): void {
  const host = world.get('HostSystem', runtimeOf(machine).host)
  if (!isUsable(host))
    throw vimFault(
      'InvalidHostState',
      { host: host.ref },
      'The operation is not allowed in the current state of the host.',
    )
}

/** Waits until the question is answered; choice 0 cancels the power-on. */
async function askFirst(world: World, machine: Machine): Promise<void> {
  if (!world.switches.asking.delete(machine.ref.value)) return
  const id = String(world.next('question'))
  setRuntime(world, machine, { question: questionOf(id) })
  while (runtimeOf(machine).question?.id === id) await world.clock.sleep(10)
  if (answers.get(machine) === '0')
    throw vimFault(
      'GenericVmConfigFault',
      { reason: 'The operation was canceled' },
      'The operation was canceled by the user.',
    )
}
const answers = new WeakMap<Machine, string>()

const anyState: readonly PowerState[] = ['poweredOn', 'poweredOff', 'suspended']

async function shutDown(world: World, machine: Machine): Promise<void> {
  if (world.switches.deafGuests.has(machine.ref.value)) return
  const { bootTime } = runtimeOf(machine)
  world.change(machine, { guest: { ...machine.state.guest, guestState: 'shuttingDown' } })
  try {
    await world.clock.sleep(world.timing.guestShutdown)
  } catch {
    return // the simulator is closed
  }
  const same = runtimeOf(machine).powerState === 'poweredOn' && runtimeOf(machine).bootTime === bootTime
  if (same) powerOff(world, machine)
}

/** Of a certificate that no simulated host presents; another one for each. */
function sha256OfHost(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex').toUpperCase()
  return (hex.match(/../g) ?? []).join(':')
}

export const powerMethods: Handlers = {
  PowerOnVM_Task(call) {
    const [machine, { world }] = [call.target('VirtualMachine'), call]
    return powerTask(call, machine, {
      from: ['poweredOff', 'suspended'],
      to: 'poweredOn',
      durationMs: world.timing.powerOn,
      hold: () => askFirst(world, machine),
      finish: () => powerOn(world, machine),
    })
  },
  PowerOffVM_Task(call) {
    const [machine, { world }] = [call.target('VirtualMachine'), call]
    return powerTask(call, machine, {
      from: ['poweredOn', 'suspended'],
      to: 'poweredOff',
      durationMs: world.timing.powerOff,
      finish: () => powerOff(world, machine),
    })
  },
  SuspendVM_Task(call) {
    const [machine, { world }] = [call.target('VirtualMachine'), call]
    return powerTask(call, machine, {
      from: ['poweredOn'],
      to: 'suspended',
      durationMs: world.timing.powerOff,
      finish: () => suspend(world, machine),
    })
  },
  ResetVM_Task(call) {
    const [machine, { world }] = [call.target('VirtualMachine'), call]
    return powerTask(call, machine, {
      from: ['poweredOn'],
      to: 'poweredOn',
      durationMs: world.timing.powerOff,
      finish() {
        setRuntime(world, machine, { bootTime: world.timestamp() })
        void bootGuest(world, machine, world.timing.guestBoot)
      },
    })
  },
  ShutdownGuest(call) {
    const machine = call.target('VirtualMachine')
    requirePower(machine, ['poweredOn'], 'poweredOff')
    requireTools(machine)
    void shutDown(call.world, machine)
    return undefined
  },
  RebootGuest(call) {
    const machine = call.target('VirtualMachine')
    requirePower(machine, ['poweredOn'], 'poweredOn')
    requireTools(machine)
    if (call.world.switches.deafGuests.has(machine.ref.value)) return undefined
    setRuntime(call.world, machine, { bootTime: call.world.timestamp() })
    void bootGuest(call.world, machine, call.world.timing.guestBoot)
    return undefined
  },
  StandbyGuest(call) {
    const machine = call.target('VirtualMachine')
    requirePower(machine, ['poweredOn'], 'suspended')
    requireTools(machine)
    suspend(call.world, machine)
    return undefined
  },
  TerminateVM(call) {
    const machine = call.target('VirtualMachine')
    requirePower(machine, ['poweredOn', 'suspended'])
    powerOff(call.world, machine)
    return undefined
  },
  AnswerVM(call, { questionId, answerChoice }) {
    const machine = call.target('VirtualMachine')
    const { question } = runtimeOf(machine)
    if (question?.id !== questionId)
      throw vimFault('ConcurrentAccess', {}, 'The question was answered by somebody else.')
    if (!['0', '1', '2'].includes(answerChoice)) throw invalidArgument('answerChoice')
    answers.set(machine, answerChoice)
    setRuntime(call.world, machine, { question: undefined })
    return undefined
  },
  AcquireTicket(call, { ticketType }) {
    const machine = call.target('VirtualMachine')
    if (!['mks', 'webmks', 'device', 'guestControl'].includes(ticketType)) throw invalidArgument('ticketType')
    requirePower(machine, ['poweredOn'])
    const host = call.world.get('HostSystem', runtimeOf(machine).host)
    const ticket = `cst-VCT-${randomUUID()}`
    const name = host.state.name ?? ''
    return {
      ticket,
      cfgFile: configOf(machine).files.vmPathName ?? '',
      host: name,
      port: 443,
      sslThumbprint: 'A1:B2:C3:D4:E5:F6:07:18:29:3A:4B:5C:6D:7E:8F:90:A1:B2:C3:D4',
      certThumbprintList: [{ thumbprint: sha256OfHost(name), hashAlgorithm: 'sha256' }],
      url: `wss://${name}:443/ticket/${ticket}`,
    }
  },
  PowerOnMultiVM_Task(call, { vm }) {
    const datacenter = call.target('Datacenter')
    const machines = vm.map((ref) => call.world.get('VirtualMachine', ref, 'vm'))
    return call.tasks.start({
      method: call.method,
      entity: datacenter,
      userName: call.session.userName,
      durationMs: call.world.timing.other,
      finish: () => ({
        _type: 'ClusterPowerOnVmResult',
        attempted: machines
          .filter((each) => runtimeOf(each).powerState !== 'poweredOn')
          .map((each) => ({
            vm: each.ref,
            task: powerTask({ ...call, method: 'PowerOnVM_Task' }, each, {
              from: anyState,
              to: 'poweredOn',
              durationMs: call.world.timing.powerOn,
              finish: () => powerOn(call.world, each),
            }),
          })),
      }),
    })
  },
}
