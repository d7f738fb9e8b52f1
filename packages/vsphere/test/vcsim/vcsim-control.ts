/** What the server itself knows. */
export interface VcsimState {
  /** By SOAP method (`CloneVM_Task`), or by HTTP method and path (`GET /sdk/vimServiceVersions.xml`). */
  readonly requests: Readonly<Record<string, number>>
  /** TCP connections that carried a request. */
  readonly connections: number
  /** Connections that carried a request of this name. */
  readonly connectionsOf: Readonly<Record<string, number>>
  /** Logins that were granted. */
  readonly logins: number
  /** Sessions that live now. */
  readonly sessions: readonly VcsimSession[]
  /** Calls that a fault rule answered; transport rules left out. */
  readonly faultsInjected: number
}

export interface VcsimSession {
  readonly key: string
  readonly userName: string
  readonly userAgent: string
  readonly calls: number
}

export interface VcsimVm {
  /** Such as `vm-62`. */
  readonly ref: string
  readonly name: string
  readonly instanceUuid: string
  readonly uuid: string
  readonly powerState: string
  readonly template: boolean
  readonly numCpu: number
  readonly memoryMb: number
  readonly parent: string
  readonly extraConfig: Readonly<Record<string, string>>
}

/** Answers a SOAP fault instead of carrying out the call. */
export interface VcsimFault {
  /** `CloneVM_Task`; default every method. */
  readonly method?: string
  /** `VirtualMachine`; default every type. */
  readonly objectType?: string
  /** Name of the managed entity; default every one. */
  readonly objectName?: string
  /** A fault type of the API, or one of the simulator's own: `NetworkFailure`, `Timeout`, `Generic` (all SystemError). */
  readonly fault: string
  /** Properties of the fault, references as `{ type, value }`. */
  readonly detail?: Readonly<Record<string, unknown>>
  readonly message?: string
  /** Before the answer. */
  readonly delayMs?: number
  /** How often; default always. */
  readonly count?: number
  /** Matching calls that pass first. */
  readonly skip?: number
  /** 0 to 1; default 1. */
  readonly probability?: number
}

/** Spoils the transport of matching requests. */
export interface VcsimTransportFault {
  /** SOAP method or path; default every request. */
  readonly method?: string
  /**
   * `drop`: the connection closes, the call is not carried out. `status`: an HTML page with `status`, not carried out.
   * Carried out: `lose-answer` (connection closes instead of the answer), `garbage`, `truncate` (half of the answer),
   * `slow` (the answer trickles over `delayMs`), `delay` (after `delayMs`).
   */
  readonly action: 'drop' | 'status' | 'lose-answer' | 'garbage' | 'truncate' | 'slow' | 'delay'
  /** Default 503. */
  readonly status?: number
  readonly delayMs?: number
  readonly count?: number
  readonly skip?: number
}

export interface VcsimDelay {
  /** Before every call. */
  readonly callMs?: number
  /** Before calls of a method, as `{ PowerOnVM_Task: 50 }`. */
  readonly methods?: Readonly<Record<string, number>>
  /** Before the work of every task. */
  readonly taskMs?: number
  /** By the task's own name: `PowerOn`, `CloneVm`. */
  readonly tasks?: Readonly<Record<string, number>>
}

/** The door beside the simulator. */
export interface VcsimControl {
  state(): Promise<VcsimState>
  /** Every VM and template that the server holds, whoever made it. */
  vms(): Promise<VcsimVm[]>
  addFault(fault: VcsimFault): Promise<void>
  addTransportFault(fault: VcsimTransportFault): Promise<void>
  /** Takes every fault and transport rule away. */
  clearFaults(): Promise<void>
  /** Replaces all delays; `{}` ends them. */
  setDelay(delay: VcsimDelay): Promise<void>
  /** Idle limit of sessions that log in from now on. */
  setSessionTimeout(milliseconds: number): Promise<void>
  /** Ends one session, or all; answers how many. */
  endSessions(key?: string): Promise<number>
  /** Requests, connections and logins start from zero. */
  resetCounts(): Promise<void>
}

export function createVcsimControl(url: string): VcsimControl {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(url + path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`vcsim's control door: ${method} ${path}: ${await response.text()}`)
    // Our own program answers; its types are those above.
    return (await response.json()) as T
  }
  return {
    state: () => call('GET', '/state'),
    vms: () => call('GET', '/vms'),
    addFault: async (fault) => void (await call('POST', '/faults', fault)),
    addTransportFault: async (fault) => void (await call('POST', '/transport', fault)),
    clearFaults: async () => void (await call('DELETE', '/faults')),
    setDelay: async (delay) => void (await call('POST', '/delay', delay)),
    setSessionTimeout: async (milliseconds) =>
      void (await call('POST', '/session-timeout', { after: `${milliseconds}ms` })),
    endSessions: (key) => call('DELETE', `/sessions${key === undefined ? '' : `?key=${encodeURIComponent(key)}`}`),
    resetCounts: async () => void (await call('DELETE', '/counts')),
  }
}
