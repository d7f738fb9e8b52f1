import { vimFault } from '../fault.js'
import { postEvent } from '../world/events.js'
import type { World } from '../world/world.js'
import { configOf, guestOff, type Machine, type PowerState, runtimeOf, setRuntime } from './machine.js'
import { displayName } from './names.js'

/** Throws InvalidPowerState unless the VM is in one of these states. */
export function requirePower(machine: Machine, wanted: readonly PowerState[], requestedState?: PowerState): void {
  const { powerState } = runtimeOf(machine)
  if (wanted.some((state) => state === powerState)) return
  throw vimFault(
    'InvalidPowerState',
    { existingState: powerState, ...(requestedState === undefined ? {} : { requestedState }) },
    `The attempted operation cannot be performed in the current state (Powered ${powerState === 'poweredOn' ? 'on' : powerState === 'suspended' ? 'suspended' : 'off'}).`,
  )
}

/** Boots that a later power change made void. */
const boots = new WeakMap<Machine, symbol>()

const bootCounts = new WeakMap<Machine, number>()

/** How often the VM booted, resets and reboots included. */
export const bootsOf = (machine: Machine): number => bootCounts.get(machine) ?? 0

export function powerOn(world: World, machine: Machine): void {
  const resumed = runtimeOf(machine).powerState === 'suspended'
  setRuntime(world, machine, {
    powerState: 'poweredOn',
    bootTime: world.timestamp(),
    suspendTime: undefined,
    question: undefined,
  })
  postEvent(world, 'VmPoweredOnEvent', machine, `${displayName(configOf(machine).name)} is powered on`, {})
  void bootGuest(world, machine, resumed ? 0 : world.timing.guestBoot)
}

export function powerOff(world: World, machine: Machine): void {
  boots.delete(machine)
  setRuntime(world, machine, {
    powerState: 'poweredOff',
    bootTime: undefined,
    suspendTime: undefined,
    question: undefined,
  })
  world.change(machine, { guest: guestOff(), guestHeartbeatStatus: 'gray' })
  postEvent(world, 'VmPoweredOffEvent', machine, `${displayName(configOf(machine).name)} is powered off`, {})
}

export function suspend(world: World, machine: Machine): void {
  boots.delete(machine)
  setRuntime(world, machine, { powerState: 'suspended', suspendTime: world.timestamp() })
  world.change(machine, { guest: guestOff() })
  postEvent(world, 'VmSuspendedEvent', machine, `${displayName(configOf(machine).name)} is suspended`, {})
}

/** Tools come up some time after power-on; addresses come in two steps, link-local first. */
export async function bootGuest(world: World, machine: Machine, afterMs: number): Promise<void> {
  const boot = Symbol(machine.ref.value)
  boots.set(machine, boot)
  bootCounts.set(machine, bootsOf(machine) + 1)
  const hasTools = (): boolean =>
    boots.get(machine) === boot &&
    runtimeOf(machine).powerState === 'poweredOn' &&
    !world.switches.withoutTools.has(machine.ref.value)
  world.change(machine, { guest: { ...guestOff(), guestState: 'notRunning' } })
  try {
    await world.clock.sleep(afterMs / 2)
    if (!hasTools()) return
    world.change(machine, { guest: guestOn(machine, false), guestHeartbeatStatus: 'green' })
    await world.clock.sleep(afterMs / 2)
    if (hasTools()) world.change(machine, { guest: guestOn(machine, true) })
  } catch {
    // The simulator is closed.
  }
}

function guestOn(machine: Machine, hasAddress: boolean) {
  const config = configOf(machine)
  const number = Number(/\d+$/.exec(machine.ref.value)?.[0] ?? 0)
  const address = `10.20.${(number >> 8) & 255}.${number & 255}`
  const cards = (config.hardware.device ?? []).filter((each) => 'macAddress' in each)
  const net = cards.map((card, index) => ({
    network: 'VM Network',
    macAddress: 'macAddress' in card ? card.macAddress : undefined,
    connected: true,
    deviceConfigId: 'key' in card ? card.key : -1,
    ipConfig: {
      ipAddress: [
        { ipAddress: `fe80::250:56ff:fe80:${(number + index).toString(16)}`, prefixLength: 64, state: 'preferred' },
        ...(hasAddress
          ? [
              {
                ipAddress: index === 0 ? address : `10.21.${index}.${number & 255}`,
                prefixLength: 16,
                state: 'preferred',
              },
            ]
          : []),
      ],
    },
    ipAddress: hasAddress && index === 0 ? [address] : [],
  }))
  return {
    toolsStatus: 'toolsOk' as const,
    toolsRunningStatus: 'guestToolsRunning',
    toolsVersionStatus2: 'guestToolsUnmanaged',
    toolsVersion: '12421',
    guestId: config.guestId,
    guestFamily: config.guestId.startsWith('win') ? 'windowsGuest' : 'linuxGuest',
    guestFullName: config.guestFullName,
    guestState: 'running',
    guestOperationsReady: true,
    hostName: displayName(config.name).replace(/[^\w-]/g, '-'),
    ...(hasAddress && cards.length > 0 ? { ipAddress: address } : {}),
    net,
  }
}

/** Throws ToolsUnavailable where the guest could not hear. */
export function requireTools(machine: Machine): void {
  if (machine.state.guest?.toolsRunningStatus === 'guestToolsRunning') return
  throw vimFault(
    'ToolsUnavailable',
    {},
    'Cannot complete operation because VMware Tools is not running in this virtual machine.',
  )
}
