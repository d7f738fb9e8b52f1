/** Words of the appliance's own API, as it says them: nothing here knows of the port. */

export interface About {
  readonly product: string
  readonly version: string
  readonly serial: string
  readonly user: string
  /** Of `read` and `write`. */
  readonly rights: readonly string[]
}

export interface Inventory {
  readonly host: { readonly name: string; readonly cpus: number; readonly memoryMib: number }
  readonly store: { readonly name: string; readonly sizeMib: number; readonly usedMib: number }
  readonly nets: readonly { readonly id: string; readonly name: string }[]
  readonly templates: readonly PebbleTemplate[]
}

export interface PebbleTemplate {
  readonly id: string
  readonly name: string
  readonly cpus: number
  readonly memoryMib: number
  readonly diskMib: number
}

export interface PebbleVm {
  /** Given by the appliance, and never to another VM again. */
  readonly id: string
  /** Unique on the appliance. */
  readonly name: string
  /** `building`, `off`, `booting`, `on`, `removing`, `broken`; a text, since newer versions may have more words. */
  readonly state: string
  readonly cpus: number
  readonly memoryMib: number
  readonly diskMib: number
  readonly net: string
  readonly notes: string
  readonly autostart: boolean
  /** How often it was started. */
  readonly boots: number
}

export interface NewVm {
  readonly name: string
  readonly template: string
  readonly cpus: number
  readonly memoryMib: number
  readonly diskMib: number
  readonly net: string
  readonly notes: string
  readonly autostart: boolean
}

/** `press` and `press-cycle` push the power button and leave the rest to the guest; the others do not ask it. */
export type PowerAction = 'on' | 'cut' | 'cycle' | 'press' | 'press-cycle'

export interface PebbleTask {
  readonly id: string
  readonly state: 'running' | 'done' | 'failed'
  /** 0 to 100. */
  readonly percent: number
  readonly error?: string
}
