import type {
  NativeAbout,
  NativeGuest,
  NativeHost,
  NativeImage,
  NativeNet,
  NativePool,
  NativeRight,
  NativeStore,
  NativeTask,
  NativeVm,
  NativeVolume,
} from './native-types.js'

/** What a long call answers: the id of the task that does it. */
export interface Tasked {
  readonly task: string
}

/** Which VM a call means. With a generation it refuses another VM that has the id by now. */
export interface Target {
  readonly id: string
  readonly generation?: string
}

export interface NewDisk {
  readonly sizeBytes: number
  readonly store: string
}

export interface NewNic {
  readonly net: string
  readonly mac?: string
  readonly vlan?: number
  readonly ipv4?: string
  readonly ipv6?: string
}

export interface NewVm {
  readonly id: string
  readonly name: string
  readonly claim?: string
  readonly host: string
  readonly pool?: string
  readonly metadata?: Readonly<Record<string, string>>
}

export interface VmChange {
  readonly cpus?: number
  readonly memoryBytes?: number
  readonly note?: string
  readonly tags?: readonly string[]
  readonly nics?: readonly NewNic[]
  readonly metadata?: Readonly<Record<string, string>>
  readonly priority?: number
  readonly name?: string
}

export interface GuestSeed extends Pick<NativeGuest, 'hostName' | 'userName' | 'sshKeys' | 'dns' | 'searchDomains'> {
  readonly password?: string
  readonly userData?: string
}

/** A VM as the long list shows it. */
export type VmRow = Omit<NativeVm, 'disks' | 'nics' | 'metadata' | 'guest' | 'note'>

export interface Inventory {
  readonly hosts: readonly NativeHost[]
  readonly stores: readonly NativeStore[]
  readonly nets: readonly NativeNet[]
  readonly pools: readonly NativePool[]
  readonly images: readonly NativeImage[]
  readonly templates: readonly NativeVm[]
  /** Ids of hosts that do not answer: what lies on them is missing here. */
  readonly silent: readonly string[]
}

/** Every native call: what it takes and what it answers. */
export interface NativeCalls {
  readonly 'session.open': { args: { user: string; password: string }; answer: { session: string } }
  readonly 'session.close': { args: object; answer: null }
  readonly about: { args: object; answer: NativeAbout }
  readonly inventory: { args: object; answer: Inventory }
  readonly 'vm.list': { args: { host?: string }; answer: { vms: readonly VmRow[]; silent: readonly string[] } }
  readonly 'vm.read': { args: Target; answer: NativeVm }
  readonly 'vm.find': { args: { claim: string }; answer: readonly NativeVm[] }
  /** The first free id from this number on. */
  readonly 'vm.freeId': { args: { from: number }; answer: { id: string } }
  readonly 'vm.clone': {
    args: NewVm & { template: string; linked: boolean; stores: readonly string[] }
    answer: Tasked
  }
  readonly 'vm.create': {
    args: NewVm & {
      cpus: number
      memoryBytes: number
      disks: readonly NewDisk[]
      image?: string
      firmware?: 'bios' | 'uefi'
      guestOs?: string
    }
    answer: Tasked
  }
  /** Done at once. */
  readonly 'vm.change': { args: Target & { change: VmChange }; answer: null }
  /** Done at once: what the guest is told at its first start. */
  readonly 'vm.seed': { args: Target & { seed: GuestSeed }; answer: null }
  readonly 'disk.grow': { args: Target & { key: string; sizeBytes: number }; answer: Tasked | null }
  readonly 'disk.add': { args: Target & { key: string } & NewDisk; answer: Tasked | null }
  readonly 'vm.start': { args: Target; answer: Tasked }
  readonly 'vm.thaw': { args: Target; answer: Tasked }
  readonly 'vm.halt': { args: Target; answer: Tasked }
  /** Asks the guest; there is no task. */
  readonly 'vm.shutdown': { args: Target; answer: null }
  readonly 'vm.reboot': { args: Target; answer: null }
  readonly 'vm.reset': { args: Target; answer: Tasked }
  readonly 'vm.remove': { args: Target & { keepDisks: boolean }; answer: Tasked }
  readonly 'volume.list': { args: { owner: string }; answer: readonly NativeVolume[] }
  readonly 'task.read': { args: { ids: readonly string[] }; answer: readonly NativeTask[] }
  readonly 'task.stop': { args: { id: string }; answer: { stopped: boolean } }
}

export type NativeCall = keyof NativeCalls
export type ArgsOf<C extends NativeCall> = NativeCalls[C]['args']
export type AnswerOf<C extends NativeCall> = NativeCalls[C]['answer']

/** The right that each call needs; absent: it needs none. */
export const rightOf: { readonly [C in NativeCall]?: NativeRight } = {
  inventory: 'look',
  'vm.list': 'look',
  'vm.read': 'look',
  'vm.find': 'look',
  'vm.freeId': 'look',
  'volume.list': 'look',
  'vm.clone': 'build',
  'vm.create': 'build',
  'vm.change': 'build',
  'vm.seed': 'build',
  'disk.grow': 'build',
  'disk.add': 'build',
  'vm.start': 'power',
  'vm.thaw': 'power',
  'vm.halt': 'power',
  'vm.shutdown': 'power',
  'vm.reboot': 'power',
  'vm.reset': 'power',
  'vm.remove': 'remove',
}

const changing: ReadonlySet<string> = new Set<NativeRight>(['build', 'power', 'remove'])

/** Does the call change VMs? */
export function isMutation(call: string): boolean {
  return Object.hasOwn(rightOf, call) && changing.has(rightOf[call as NativeCall] ?? 'look')
}
