import type { SecretInput } from '../../secrets/secret.js'
import type { VmRef } from '../references.js'

export interface GuestInterface {
  readonly name: string
  readonly macAddress?: string
  /** Every address, without prefix length, as the guest tells it. */
  readonly addresses: readonly string[]
}

/** What the guest's agent tells. */
export interface GuestInfo {
  /** `absent`: none is known to be installed. Without a running agent everything below is what was last known, or missing. */
  readonly agent: 'running' | 'not-running' | 'absent'
  readonly hostname?: string
  readonly osName?: string
  readonly interfaces: readonly GuestInterface[]
  /**
   * Where the VM can be reached: addresses of its interfaces without loopback, link-local, and those of bridges that
   * containers and nested VMs use inside the guest. IPv4 first.
   */
  readonly addresses: readonly string[]
}

/** An account inside the guest, where the platform asks for one (vSphere, Hyper-V); an agent needs none. */
export interface GuestLogin {
  readonly userName: string
  readonly password: SecretInput
}

export interface GuestExit {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  /** More came out than is kept: at most 65,536 bytes of each. */
  readonly truncated: boolean
}

export interface GuestReads {
  info(input: { readonly ref: VmRef }): GuestInfo
  /** At most `maxBytes` (default and most 1 MiB) from the start of the file. NOT_FOUND without such a file. Audited. */
  readFile(input: {
    readonly ref: VmRef
    readonly path: string
    readonly maxBytes?: number
    readonly login?: GuestLogin
  }): { readonly dataBase64: string; readonly truncated: boolean }
  /** Puts the file there, or in place of another. At most 1 MiB. Audited, without the data. */
  writeFile(input: {
    readonly ref: VmRef
    readonly path: string
    readonly dataBase64: string
    readonly login?: GuestLogin
  }): { readonly bytes: number }
}

export interface GuestOperations {
  /**
   * Runs a program with these arguments; no shell takes part. Any exit code is a success of the operation. FAILED_PRECONDITION
   * without a running agent; TIMEOUT after `limitMs` (default 60,000), where the program may go on.
   */
  exec(input: {
    readonly ref: VmRef
    readonly command: readonly string[]
    readonly limitMs?: number
    readonly login?: GuestLogin
  }): GuestExit
}
