import type { Json } from '../json.js'
import type { LaneWidths } from '../limits/create-limiter.js'
import type { FacetName } from '../model/facets/facets.js'
import type { GuestInterface, GuestLogin } from '../model/facets/guest.js'
import type { VmProvisionSpec } from '../model/provision.js'
import type { HypervisorPort } from '../port.js'

/** How the kit wants to be connected. */
export interface ConnectRequest {
  /** Default `good`. `rightless` logs in but may do nothing. */
  readonly credentials?: 'good' | 'wrong' | 'rightless'
  /** Default `good`. `opted` is asked for only where `scenario.canOptForUntrusted` is true. */
  readonly trust?: 'good' | 'untrusted' | 'wrong-pin' | 'opted'
  /** Default `endpoint`. `nobody` is an address where nothing listens; `empty` an endpoint without VMs. */
  readonly target?: 'endpoint' | 'nobody' | 'empty'
  /** Receives every audit event and log line as JSON, for the search for secrets. */
  readonly overhear?: (value: Json) => void
  readonly lanes?: LaneWidths
}

/** A VM as the server itself counts it, not as the port under test tells it. */
export interface NativeVm {
  readonly id: string
  readonly name: string
  /** The marker stamped on it, if any. */
  readonly marker?: string
  readonly running: boolean
  /** Another word after each boot, a reset included, as the server itself counts boots. */
  readonly life?: string
}

/** What the server saw. */
export interface RequestCounts {
  readonly requests: number
  /** Requests that change something. */
  readonly writes: number
  readonly logins: number
  /** The most sockets that were in use at once. */
  readonly connections?: number
  /** The most requests that were under way at once. */
  readonly concurrency?: number
}

/** Seeded names and one specification that works. */
export interface Scenario {
  /** A specification that creates a stopped VM from a template, but for its name. */
  readonly spec: Omit<VmProvisionSpec, 'name' | 'powerOn'>
  /** Id of a network that a VM of the specification can be put on. */
  readonly networkId?: string
  /** Guest customisation with an inline password or user data, where the platform customises. */
  readonly customization?: VmProvisionSpec['customization']
  /** Makes a valid name out of a word; unique names are the kit's business. */
  name(word: string): string
  /** The longest name allowed, and one that is longer; absent where the platform has no limit. */
  readonly longestName?: string
  readonly tooLongName?: string
  /** An extension that the platform applies, and whether the server shows that a VM got it. */
  readonly extension?: {
    readonly value: NonNullable<VmProvisionSpec['extensions']>
    isApplied(id: string): Promise<boolean>
  }
  /** What can be asked of the guest of a VM of the specification that runs, where the platform has guests to ask. */
  readonly guest?: {
    /** A program with its arguments, and what it prints. */
    readonly command: readonly string[]
    readonly prints: string
    /** A program that does not end by itself. */
    readonly endless: readonly string[]
    /** Of a file that may be written. */
    readonly path: string
    /** Where the platform asks for an account inside the guest. */
    readonly login?: GuestLogin
  }
  /** The configuration can say that an untrusted server is good enough: `connect({ trust: 'opted' })` says so. */
  readonly canOptForUntrusted?: boolean
  /** Ids of the seeded VMs and names of the seeded templates. */
  readonly vmIds: readonly string[]
  readonly templateNames: readonly string[]
  /** A template name that fits two templates. */
  readonly ambiguousTemplate?: string
  /** Odd names (unicode, slash, percent, quotes, ampersand) that seeded VMs carry, as far as the platform allows. */
  readonly oddNames?: readonly string[]
  /** Secrets that the harness uses: none of them may show anywhere. The first stands in `customization`. */
  readonly secrets: readonly string[]
  /** A reference to a secret that every port of the harness resolves, also in another process. */
  readonly secretRef?: string
  /** Most requests that a list of 10,000 VMs may cost. */
  readonly listBudget: number
  /** Most requests that one read of the port sends side by side. Default 1. */
  readonly readFanOut?: number
  /** Most sockets that one port may hold. */
  readonly socketBudget: number
}

/** Switches on the server. Each is optional: checks that need a missing one are skipped with that reason. */
export interface FaultSwitches {
  /** Forgets all sessions. */
  expireSessions?(): Promise<void>
  /** Reads are answered with a body that means nothing, until `clear`. */
  garbage?(): Promise<void>
  /** The bodies of reads never end, until `clear`. */
  stall?(): Promise<void>
  /**
   * Counted from now, the n-th (from 1) mutation is refused, or accepted with its answer lost; `fail-later`: the n-th of
   * the native tasks fails.
   */
  mutation?(n: number, how: 'refuse' | 'lose-answer' | 'fail-later'): Promise<void>
  /** The undo's mutations fail too, until `clear`. */
  undoFails?(): Promise<void>
  /** One host stops answering, until `clear`; its id. */
  deadHost?(): Promise<string>
  /** The native tasks so far are forgotten by the platform while their work goes on. */
  forgetTasks?(): Promise<void>
  /** The next task ends well but with a warning. */
  warnTask?(text: string): Promise<void>
  /** The next task fails with this text. */
  failTask?(text: string): Promise<void>
  /** Locks the VM as another's work would; answers the lock as `locked` and the CONFLICT must name it. */
  lock?(id: string): Promise<string>
  /** Sets a native state by its index in `nativeStates`. */
  nativeState?(id: string, index: number): Promise<void>
  /** A native state that no adapter can know, as a newer platform may bring. */
  unknownState?(id: string): Promise<void>
  /** The guest ignores requests to stop, or can not be asked at all. */
  guest?(id: string, how: 'ignores-stop' | 'cannot-be-asked' | 'normal'): Promise<void>
  /** The guest tells these interfaces too, from now on. */
  guestInterfaces?(id: string, interfaces: readonly GuestInterface[]): Promise<void>
  /** Questions to guests arrive and are never answered, until `clear`. */
  silenceGuests?(): Promise<void>
  pause?(id: string): Promise<void>
  suspend?(id: string): Promise<void>
  /** Moves a VM to another host. */
  move?(id: string): Promise<void>
  /** Removes a VM behind the port's back. */
  remove?(id: string): Promise<void>
  /** Removes a VM and makes another with the same id. */
  replace?(id: string): Promise<void>
  /** The id that the next creation would take is taken by somebody else, just before. */
  takeNextId?(): Promise<void>
  /** No room for another VM, until `clear`. */
  exhaust?(): Promise<void>
  /** The server's clock goes wrong by this. */
  skewClock?(ms: number): Promise<void>
  /** How long native tasks take, roughly. */
  taskDuration?(ms: number): Promise<void>
  /** Every answer of the server takes so much longer, until `clear`. */
  slow?(ms: number): Promise<void>
  /** Fills the endpoint with VMs. */
  fill?(count: number): Promise<void>
  /** Ends all faults of the connection, of hosts, of room and of tasks, and gives tasks their usual pace. */
  clear(): Promise<void>
}

/** One endpoint with what the kit needs to know of it. Where it is a simulator, it runs in a process of its own. */
export interface ConformanceHarness {
  /** The endpoint's name in refs and errors. */
  readonly endpoint: string
  readonly scenario: Scenario
  connect(request?: ConnectRequest): Promise<HypervisorPort>
  /** The state words of the total table, in the order of `nativeState`, with what the port must say. */
  readonly nativeStates?: readonly { readonly native: string; readonly powerState: string }[]
  readonly faults?: FaultSwitches
  /** What the server holds, counted there. */
  vms?(): Promise<readonly NativeVm[]>
  /** Native ids of volumes, counted there. */
  volumes?(): Promise<readonly string[]>
  /** What the server saw since the last call of `resetCounts`. */
  counts?(): Promise<RequestCounts>
  resetCounts?(): Promise<void>
  /** How another process gets at the same endpoint: given to `attachHarness` there. */
  readonly attachment?: Json
  close(): Promise<void>
}

/** What a file with a harness exports: the kit loads it here, and by its address in other processes. */
export interface HarnessModule {
  /** `import.meta.url` of the file. Checks that start another process (8, 63, 74) need it. */
  readonly moduleUrl?: string
  /** A fresh endpoint: called anew for each check, so that no check sees another's leavings. */
  createHarness(): Promise<ConformanceHarness>
  /** Connects to an endpoint that another process started; needed by checks 8, 63 and 74. */
  attachHarness?(attachment: Json): Promise<Pick<ConformanceHarness, 'connect' | 'close'>>
}

/** Skips that are known and explained: check number to reason. Compared both ways. */
export type AllowedSkips = Readonly<Record<number, string>>

/** What `describeHypervisorConformance` takes. */
export interface ConformanceOptions {
  /** Of the platform: stands in the title and names the report. */
  readonly name: string
  /** `import * as harness from './harness.js'`. */
  readonly harness: HarnessModule
  /** The facets the plugin's manifest names. */
  readonly facets: readonly FacetName[]
  /** Any other skip fails, and so does one of these that did not happen. */
  readonly allowedSkips?: AllowedSkips
  /** Folder for `<name>.json` and `<name>.md`. Default: no report. */
  readonly reportTo?: string
}
