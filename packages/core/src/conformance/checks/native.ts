import type { NativeVm } from '../harness.js'

/** The VMs of that name, as the server counts them. */
export function named(vms: readonly NativeVm[], name: string): readonly NativeVm[] {
  return vms.filter((vm) => vm.name === name)
}

/** Why a check whose other parts passed is no pass: nobody counted disks. */
export const noVolumes = "the harness has no 'volumes'"
