import type { NativeVm } from '../harness.js'

/** The VMs of that name, as the server counts them. */
export function named(vms: readonly NativeVm[], name: string): readonly NativeVm[] {
  return vms.filter((vm) => vm.name === name)
}
