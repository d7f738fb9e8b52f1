import type { NativeDisk, NativeNic } from './native-types.js'

/** A saved state of a VM. */
export interface NativeSnapshot {
  /** Chosen by the client: taking it again is taking it once. */
  id: string
  name: string
  note?: string
  parent?: string
  takenAt: number
  memory: boolean
  /** What the VM was made of. */
  held: { cpus: number; memoryBytes: number; disks: NativeDisk[]; nics: NativeNic[] }
}
