import type { Json } from '../json.js'
import type { FacetName } from '../model/facets.js'
import type { VmProvisionSpec } from '../model/provision.js'
import type { HypervisorPort } from '../port.js'

/** How the kit wants to be connected. */
export interface ConnectRequest {
  /** Default `good`. `rightless` logs in but may do nothing. */
  readonly credentials?: 'good' | 'wrong' | 'rightless'
  /** Default `good`. */
  readonly trust?: 'good' | 'untrusted' | 'wrong-pin'
  /** Default `endpoint`. `nobody` is an address where nothing listens; `empty` an endpoint without VMs. */
  readonly target?: 'endpoint' | 'nobody' | 'empty'
  /** Receives every audit event and log line as JSON, for the search for secrets. */
  readonly overhear?: (value: Json) => void
  readonly lanes?: { readonly reads?: number; readonly mutations?: number }
}

/** A VM as the server itself counts it, not as the port under test tells it. */
export interface NativeVm {
  readonly id: string
  readonly name: string
  /** The marker stamped on it, if any. */
  readonly marker?: string
  readonly running: boolean
  /** Another word after each boot. */
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
  /** Guest customisation with an inline password, where the platform customises. */
  readonly customization?: VmProvisionSpec['customization']
  /** Makes a valid name out of a word; unique names are the kit's business. */
  name(word: string): string
  /** The longest name allowed, and one that is longer; absent where the platform has no limit. */
  readonly longestName?: string
  readonly tooLongName?: string
  /** An extension that the platform applies, and how it shows in the specification's VM. */
  readonly extension?: VmProvisionSpec['extensions']
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
  lock?(id: string): Promise<string>
  /** Sets a native state by its index in `nativeStates`. */
  nativeState?(id: string, index: number): Promise<void>
  /** A native state that no adapter can know, as a newer platform may bring. */
  unknownState?(id: string): Promise<void>
  /** The guest ignores requests to stop, or can not be asked at all. */
  guest?(id: string, how: 'ignores-stop' | 'cannot-be-asked' | 'normal'): Promise<void>
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

/** A module that the kit can also load in another process. */
export interface HarnessModule {
  createHarness(): Promise<ConformanceHarness>
  /** Connects to an endpoint that another process started; needed by checks 63 and 74. */
  attachHarness?(attachment: Json): Promise<Pick<ConformanceHarness, 'connect' | 'close'>>
}

/** What `describeHypervisorConformance` takes. */
export interface ConformanceOptions {
  readonly name: string
  /** URL of a module that exports `createHarness` (and `attachHarness`), so that other processes can load it too. */
  readonly harness: URL | string
  /** The facets the plugin's manifest names. */
  readonly facets: readonly FacetName[]
  /** Skips that are known and explained: check number to reason. Any other skip fails. */
  readonly allowedSkips?: Readonly<Record<number, string>>
  /** Folder for report.json and report.md. */
  readonly reportTo?: string
}
