import type { FaultSwitches } from '@dcm/wire/loopback'
import type { Vim25Types } from '../../generated/types.js'
import {
  addMachine,
  attach,
  detach,
  type Machine,
  type Runtime,
  runtimeOf,
  setConfig,
  setRuntime,
} from '../machines/machine.js'
import { storedName } from '../machines/names.js'
import { newConfig } from '../machines/new-config.js'
import { powerOff, powerOn, suspend } from '../machines/power.js'
import { questionOf } from '../machines/question.js'
import type { RestServices } from '../rest/rest-services.js'
import type { Sessions } from '../sessions/sessions.js'
import type { ManagedObject } from '../world/managed-object.js'
import type { World } from '../world/world.js'
import { createSwitches } from './switches.js'

type FaultType = keyof Vim25Types & string

export interface CallFaultOptions {
  /** `CloneVM_Task`; absent: every method. */
  readonly method?: string
  /** Type of the fault: `NoPermission`. */
  readonly fault: FaultType
  /** Its properties. */
  readonly detail?: Readonly<Record<string, unknown>>
  readonly message?: string
  /** Calls that pass first; default 0. */
  readonly after?: number
  /** How many are answered so; default 1. */
  readonly times?: number
}

export interface GuestCard {
  /** Network that it is plugged into, or what the guest calls it. */
  readonly network: string
  readonly addresses: readonly string[]
  /** Default true: a device of the VM. */
  readonly ofDevice?: boolean
}

/** Spoils the transport (`add`: see `callPath` for the name of a call) and the platform. VMs are named by display name or id (`vm-12`). */
export interface VsphereSimulatorFaults extends FaultSwitches {
  /** Takes every fault and every switch back. */
  clear(): void
  /** A call is answered with a fault and not carried out. */
  failCall(options: CallFaultOptions): void
  /** The next task of the method (of any, without one) ends with the fault, nothing done; `after` tasks pass first. */
  failNextTask(options: Omit<CallFaultOptions, 'times'>): void
  /** Ends every session at the server; answers how many. */
  expireSessions(): number
  /** Ends every session of the REST services. */
  expireRestSessions(): void
  /** Reads with a dead session are answered with 200 and everything missing, instead of a fault. */
  silentExpiry(on?: boolean): void
  denyPrivilege(privilege: string): void
  /** Reads of the path find it in `missingSet` with NoPermission. */
  denyPath(path: string): void
  /** A wrong power state is answered at once, instead of by the task. */
  powerStateAsFault(on?: boolean): void
  /** Whether tasks can be cancelled; they can. */
  cancelable(on: boolean): void
  /** Tasks stay queued until they are released. */
  holdTasks(on?: boolean): void
  /** The task is unknown to everybody from now on; its work goes on. */
  vanishTask(task: string): void
  /** So are all tasks so far. */
  forgetTasks(): void
  /** Multiplies the time that tasks take, but for their wait in the queue; 1 is the usual pace. */
  taskPace(factor: number): void
  /** Answers have the second text where the first stands alone in an element, as a newer platform has new words. */
  tellOtherwise(word: string, otherwise: string): void
  /** Every answer takes so much longer. */
  slowAnswers(ms: number): void
  /** The platform's clock goes wrong by so much, from the true time. */
  skewClock(ms: number): void
  /** New VMs are found only some time (of the simulator's clock, in ms) after their task has succeeded. */
  appearLate(ms: number): void
  /** Most objects in one reply of a change feed; 100 as on the platform. */
  updateLimit(objects: number): void
  shutdownIgnored(vm: string, ignored?: boolean): void
  withoutTools(vm: string, without?: boolean): void
  /** Further cards that the guest of a running VM tells of; those of no device are bridges and tunnels inside it. */
  guestInterfaces(vm: string, interfaces: readonly GuestCard[]): void
  /** The tools of all guests stop answering, until `clear`. */
  silenceGuests(): void
  /** The next power-on asks a question and waits for the answer. */
  askOnPowerOn(vm: string): void
  exhaustDatastore(name: string, exhausted?: boolean): void
  /** The host is lost to the vCenter: its VMs are disconnected. */
  hostState(name: string, state: 'connected' | 'notResponding' | 'disconnected'): void
  maintenanceMode(host: string, on: boolean): void
  /** Files of guests are to be fetched from a host of this certificate, instead of from the endpoint. */
  transferFrom(origin: string, thumbprint1: string): void
  /** Behind everybody's back. */
  removeVm(vm: string): void
  renameVm(vm: string, name: string): void
  setPower(vm: string, state: 'poweredOn' | 'poweredOff' | 'suspended'): void
  /** State words as they are, whether or not the platform would get there. */
  setStateWords(vm: string, words: StateWords): void
  /** Moves a VM to another host; answers which. */
  moveVm(vm: string): string
  /** Adds a foreign VM beside the first one; answers its id. */
  addVm(name: string): string
  /** Adds so many more. */
  addVms(count: number): void
}

/** What a VM says of its state; a question waits for an answer. */
export interface StateWords {
  readonly powerState?: string
  readonly connectionState?: string
  readonly question?: boolean
}

export function createPlatformFaults(
  world: World,
  sessions: Sessions,
  rest: RestServices,
  transport: FaultSwitches,
): VsphereSimulatorFaults {
  const { switches } = world
  let skewMs = 0
  const freeSpaces = new Map<string, number | bigint>()
  const machine = (name: string): Machine => find(world.all('VirtualMachine'), name)
  const silent = new Set<Machine>()
  const setTools = (of: Machine, running: boolean): void =>
    world.change(of, {
      guest: {
        ...of.state.guest,
        guestState: 'running',
        toolsRunningStatus: running ? 'guestToolsRunning' : 'guestToolsNotRunning',
        guestOperationsReady: running,
      },
    })
  return {
    add: transport.add,
    clear() {
      transport.clear()
      const {
        callFaults,
        taskFaults,
        deniedPrivileges,
        deniedPaths,
        deafGuests,
        withoutTools,
        asking,
        newWords,
        ...plain
      } = createSwitches()
      switches.callFaults.length = 0
      switches.taskFaults.length = 0
      for (const set of [
        switches.deniedPrivileges,
        switches.deniedPaths,
        switches.deafGuests,
        switches.withoutTools,
        switches.asking,
        switches.newWords,
      ])
        set.clear()
      Object.assign(switches, plain)
      for (const each of silent) if (each.state.runtime?.powerState === 'poweredOn') setTools(each, true)
      silent.clear()
    },
    failCall({ method, fault, detail, message, after, times }) {
      switches.callFaults.push({
        rule: { method, fault: { ...detail, _type: fault }, message, after, times },
        seen: 0,
        hits: 0,
      })
    },
    failNextTask({ method, fault, detail, message, after = 0 }) {
      switches.taskFaults.push({ method, fault: { ...detail, _type: fault }, message, after })
    },
    expireRestSessions: rest.endSessions,
    expireSessions() {
      const all = sessions.list()
      for (const session of all) sessions.end(session)
      return all.length
    },
    silentExpiry(on = true) {
      switches.silentExpiry = on
    },
    denyPrivilege: (privilege) => void switches.deniedPrivileges.add(privilege),
    denyPath: (path) => void switches.deniedPaths.add(path),
    powerStateAsFault(on = true) {
      switches.powerStateAsFault = on
    },
    cancelable(on) {
      switches.cancelable = on
    },
    holdTasks(on = true) {
      switches.tasksHeld = on
    },
    vanishTask(task) {
      const object = world.lookUp({ type: 'Task', value: task })
      if (object !== undefined) world.remove(object)
    },
    forgetTasks() {
      for (const task of world.all('Task')) world.remove(task)
    },
    taskPace(factor) {
      switches.taskPace = factor
    },
    slowAnswers(ms) {
      switches.answerDelayMs = ms
    },
    tellOtherwise(word, otherwise) {
      switches.newWords.set(word, otherwise)
    },
    skewClock(ms) {
      world.clock.advance(ms - skewMs)
      skewMs = ms
    },
    appearLate(ms) {
      switches.appearLateMs = ms
    },
    updateLimit(objects) {
      switches.updateLimit = objects
    },
    shutdownIgnored(vm, ignored = true) {
      const { value } = machine(vm).ref
      if (ignored) switches.deafGuests.add(value)
      else switches.deafGuests.delete(value)
    },
    withoutTools(vm, without = true) {
      const found = machine(vm)
      if (without) switches.withoutTools.add(found.ref.value)
      else switches.withoutTools.delete(found.ref.value)
      setTools(found, !without)
    },
    guestInterfaces(vm, interfaces) {
      const { guest } = machine(vm).state
      const net = interfaces.map(({ network, addresses, ofDevice = true }, index) => ({
        network,
        macAddress: `02:42:00:00:00:${index.toString(16).padStart(2, '0')}`,
        connected: true,
        deviceConfigId: ofDevice ? 4_000 + index : -1,
        ipAddress: addresses,
        ipConfig: {
          ipAddress: addresses.map((ipAddress) => ({ ipAddress, prefixLength: 24, state: 'preferred' })),
        },
      }))
      world.change(machine(vm), { guest: { ...guest, guestState: 'running', net: [...(guest?.net ?? []), ...net] } })
    },
    silenceGuests() {
      for (const each of world.all('VirtualMachine')) {
        if (each.state.guest?.toolsRunningStatus !== 'guestToolsRunning') continue
        silent.add(each)
        setTools(each, false)
      }
    },
    askOnPowerOn: (vm) => void switches.asking.add(machine(vm).ref.value),
    exhaustDatastore(name, exhausted = true) {
      const datastore = find(world.all('Datastore'), name)
      const { summary } = datastore.state
      if (summary === undefined) return
      const { value } = datastore.ref
      if (exhausted) freeSpaces.set(value, freeSpaces.get(value) ?? summary.freeSpace)
      const freeSpace = exhausted ? 0 : (freeSpaces.get(value) ?? summary.freeSpace)
      world.change(datastore, { summary: { ...summary, freeSpace } })
    },
    hostState(name, connectionState) {
      const host = find(world.all('HostSystem'), name)
      const { runtime, vm = [] } = host.state
      if (runtime !== undefined) world.change(host, { runtime: { ...runtime, connectionState } })
      for (const ref of vm) {
        const on = world.get('VirtualMachine', ref)
        const vmState = connectionState === 'connected' ? 'connected' : 'disconnected'
        if (on.state.runtime !== undefined)
          world.change(on, { runtime: { ...on.state.runtime, connectionState: vmState } })
      }
    },
    maintenanceMode(name, inMaintenanceMode) {
      const host = find(world.all('HostSystem'), name)
      const { runtime } = host.state
      if (runtime !== undefined) world.change(host, { runtime: { ...runtime, inMaintenanceMode } })
    },
    transferFrom(origin, thumbprint1) {
      switches.transferHost = { origin, thumbprint1 }
    },
    removeVm(vm) {
      const found = machine(vm)
      detach(world, found)
      world.remove(found)
    },
    renameVm: (vm, name) => setConfig(world, machine(vm), { name: storedName(name) }),
    setPower: (vm, state) => power[state](world, machine(vm)),
    setStateWords(vm, { question = false, ...words }) {
      setRuntime(world, machine(vm), { ...words, question: question ? questionOf('0') : undefined } as Partial<Runtime>)
    },
    moveVm(vm) {
      const found = machine(vm)
      const from = runtimeOf(found).host?.value
      const to = world.all('HostSystem').find(({ ref }) => ref.value !== from)
      if (to === undefined) throw new Error('the inventory has no second host')
      detach(world, found)
      setRuntime(world, found, { host: to.ref })
      attach(world, found)
      return to.ref.value
    },
    addVm: (name) => addBeside(world, [name])[0] ?? '',
    addVms(count) {
      addBeside(
        world,
        Array.from({ length: count }, (_, index) => `fill-${index + 1}`),
      )
    },
  }
}

const power = { poweredOn: powerOn, poweredOff: powerOff, suspended: suspend }

/** Adds VMs where the first one is; gives their ids. */
function addBeside(world: World, names: readonly string[]): string[] {
  const beside = world.all('VirtualMachine').find(({ state }) => state.config?.template === false)
  const { runtime, parent, resourcePool: pool, datastore: [datastore] = [] } = beside?.state ?? {}
  const host = runtime?.host
  if (host === undefined || datastore === undefined)
    throw new Error('the inventory has no VM to add another one beside')
  const datastoreName = world.get('Datastore', datastore).state.name ?? ''
  const folder = world.get('Folder', parent)
  return names.map((name) => {
    const config = newConfig(world, { name: storedName(name), datastoreName })
    return addMachine(world, { config, folder, pool, host, datastore }).ref.value
  })
}

/** An object by its display name or id. */
export function find<Type extends 'VirtualMachine' | 'Datastore' | 'HostSystem'>(
  objects: readonly ManagedObject<Type>[],
  name: string,
): ManagedObject<Type> {
  const stored = storedName(name)
  const found = objects.find(({ ref, state }) => {
    const { name: known }: { name?: string | undefined } = state
    return ref.value === name || known === stored
  })
  if (found === undefined) throw new Error(`the simulator has no ${name}`)
  return found
}
