/** What a VM was when it was last seen: the platform's word of its removal names the reference alone. */
export interface KnownVm {
  readonly id: string
  readonly isTemplate: boolean
}

/** VMs by their references (`vm-12`), as this process has seen them. */
export interface VmIds {
  learn(vm: string, known: KnownVm): void
  of(vm: string): KnownVm | undefined
}

/** More than a vCenter can hold; a bound all the same. */
const mostKnown = 50_000

export function createVmIds(): VmIds {
  const known = new Map<string, KnownVm>()
  return {
    learn(vm, what) {
      known.set(vm, what)
      if (known.size <= mostKnown) return
      const [oldest] = known.keys()
      if (oldest !== undefined) known.delete(oldest)
    },
    of: (vm) => known.get(vm),
  }
}
