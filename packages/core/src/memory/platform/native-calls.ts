import type { MetricPoint, MetricWord } from './metrics.js'
import type { NativeSnapshot } from './native-snapshots.js'
import type {
  NativeAbout,
  NativeExit,
  NativeFolder,
  NativeGuest,
  NativeHost,
  NativeImage,
  NativeInterface,
  NativeNet,
  NativePool,
  NativeRight,
  NativeStore,
  NativeTask,
  NativeVm,
  NativeVolume,
} from './native-types.js'
import type { NativeEvent } from './watch.js'

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
  /** A new VM with the disks of another one, as it is now or as a snapshot of it holds them. */
  readonly 'vm.copy': {
    args: NewVm & { source: Target; snapshot?: string; linked: boolean; store?: string }
    answer: Tasked
  }
  /** How many more clones of each template may begin now. */
  readonly 'clone.room': { args: { templates: readonly string[] }; answer: readonly number[] }
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
  /** Done at once; refused (MARKED) where the VM has metadata of the key `unless`. */
  readonly 'vm.change': { args: Target & { change: VmChange; unless?: string }; answer: null }
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
  /** Done at once: it stands still in memory. */
  readonly 'vm.freeze': { args: Target; answer: null }
  readonly 'vm.hibernate': { args: Target; answer: Tasked | null }
  readonly 'vm.move': { args: Target & { host: string; store?: string }; answer: Tasked | null }
  readonly 'disk.plug': { args: Target & { key: string; volume: string }; answer: null }
  readonly 'disk.unplug': { args: Target & { key: string; destroy: boolean }; answer: null }
  /** Adds it, puts it in place of the one of that key, or with null removes it. */
  readonly 'nic.set': {
    args: Target & {
      key: string
      nic: { readonly net: string; readonly connected: boolean; readonly mac?: string; readonly vlan?: number } | null
    }
    answer: null
  }
  readonly 'snapshot.list': { args: Target; answer: { snapshots: readonly NativeSnapshot[]; current?: string } }
  /** Null: it is there already. */
  readonly 'snapshot.take': {
    args: Target & { snapshot: Pick<NativeSnapshot, 'id' | 'name' | 'note' | 'memory'> }
    answer: Tasked | null
  }
  readonly 'snapshot.revert': { args: Target & { snapshot: string }; answer: Tasked }
  readonly 'snapshot.drop': { args: Target & { snapshot: string; children: boolean }; answer: Tasked | null }
  /** What happened after the event of that number; without one, only how far it is. */
  readonly 'event.read': {
    args: { after?: number }
    answer: { gap: boolean; events: readonly NativeEvent[]; last: number }
  }
  readonly 'console.ticket': {
    args: Target & { kind: 'screen' | 'serial' }
    answer: { path: string; ticket: string; expiresAt: number }
  }
  readonly 'guest.info': {
    args: Target
    answer: {
      agent: 'running' | 'not-running' | 'absent'
      hostName?: string
      osName?: string
      interfaces: readonly NativeInterface[]
    }
  }
  /** Null: it has ended. The run's id is chosen by the client: running it again is running it once. */
  readonly 'guest.run': { args: Target & { run: string; command: readonly string[] }; answer: Tasked | null }
  readonly 'guest.exit': { args: { run: string }; answer: NativeExit }
  readonly 'guest.read': {
    args: Target & { path: string; maxBytes: number }
    answer: { dataBase64: string; truncated: boolean }
  }
  readonly 'guest.write': { args: Target & { path: string; dataBase64: string }; answer: { bytes: number } }
  /** Values at each whole step between two times of the site's clock; of nothing that was not up. */
  readonly 'metric.read': {
    args: {
      of: { readonly vm: Target } | { readonly host: string }
      metrics: readonly MetricWord[]
      from?: number
      to?: number
    }
    answer: { stepMs: number; points: readonly MetricPoint[] }
  }
  /** Null: it is there already. */
  readonly 'image.put': { args: { image: NativeImage }; answer: Tasked | null }
  readonly 'image.drop': { args: { id: string }; answer: null }
  /** Makes a VM a template, or a template a VM. */
  readonly 'vm.convert': { args: Target & { template: boolean }; answer: null }
  /** Null: it is gone already. */
  readonly 'template.drop': { args: Target; answer: Tasked | null }
  readonly 'folder.list': { args: object; answer: readonly NativeFolder[] }
  readonly 'folder.put': { args: { folder: NativeFolder }; answer: null }
  readonly 'folder.drop': { args: { id: string }; answer: null }
  readonly 'vm.file': { args: Target & { folder: string }; answer: null }
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
  'clone.room': 'look',
  'vm.clone': 'build',
  'vm.copy': 'build',
  'vm.convert': 'build',
  'vm.file': 'build',
  'image.put': 'build',
  'folder.list': 'look',
  'folder.put': 'build',
  'metric.read': 'look',
  'guest.info': 'look',
  'guest.exit': 'look',
  'guest.read': 'look',
  'guest.run': 'power',
  'guest.write': 'power',
  'vm.create': 'build',
  'vm.change': 'build',
  'vm.seed': 'build',
  'disk.grow': 'build',
  'disk.add': 'build',
  'disk.plug': 'build',
  'disk.unplug': 'build',
  'nic.set': 'build',
  'vm.move': 'build',
  'snapshot.list': 'look',
  'snapshot.take': 'build',
  'snapshot.revert': 'build',
  'snapshot.drop': 'build',
  'event.read': 'look',
  'console.ticket': 'power',
  'vm.freeze': 'power',
  'vm.hibernate': 'power',
  'vm.start': 'power',
  'vm.thaw': 'power',
  'vm.halt': 'power',
  'vm.shutdown': 'power',
  'vm.reboot': 'power',
  'vm.reset': 'power',
  'vm.remove': 'remove',
  'template.drop': 'remove',
  'image.drop': 'remove',
  'folder.drop': 'remove',
}

const changing: ReadonlySet<string> = new Set<NativeRight>(['build', 'power', 'remove'])

/** Does the call change VMs? */
export function isMutation(call: string): boolean {
  return Object.hasOwn(rightOf, call) && changing.has(rightOf[call as NativeCall] ?? 'look')
}
