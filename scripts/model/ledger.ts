import type { ErrorJson, OperationHandle, VmRef } from '@dcm/core'
import type { NativeMachine, Stage, Wish } from './stage.js'

/** A promise that was broken, in words. */
export class Broken extends Error {
  override readonly name = 'Broken'
}

/** An operation of the story, and what its caller was told. */
export interface Work {
  readonly number: number
  readonly kind: 'createVm' | 'startVm' | 'stopVm' | 'deleteVm' | 'cleanUp'
  readonly actor: number
  readonly wish?: Wish
  /** The VM it was asked to change. */
  readonly target?: VmRef
  /** What a new process has to go on with. */
  handle?: OperationHandle
  told: 'running' | 'succeeded' | 'failed'
  made?: VmRef
  error?: ErrorJson
  /** Changes that the platform carried out while it was at work. */
  changes: number
  /** Others worked at the same time, so that the changes counted may be theirs. */
  mixed?: boolean
  /** How many operations had begun when it ended. */
  endedAt?: number
  cleaned?: boolean
}

/** The reference model: what may exist, from nothing but what callers asked and were told. */
export interface Ledger {
  readonly works: Work[]
  /** VMs that callers know of. */
  readonly known: VmRef[]
  /** Incarnations that somebody, not a client of ours, removed. */
  readonly replaced: Set<string>
}

export const sameVm = (ref: VmRef, machine: NativeMachine): boolean =>
  ref.id === machine.id && ref.incarnation === machine.incarnation

export function machineOf(stage: Stage, ref: VmRef): NativeMachine | undefined {
  return stage.machines().find((machine) => sameVm(ref, machine))
}

/** What a caller was just told of an operation's end must be so. */
export function judgeEnd(
  { works, replaced }: Ledger,
  stage: Stage,
  work: Work,
  made: VmRef | undefined,
  error: ErrorJson | undefined,
): void {
  const who = `operation ${work.number} (${work.kind})`
  if (error) {
    if (/nobody foresaw|does not describe|without a reason/.test(error.message)) {
      throw new Broken(`${who} failed inexplicably: ${error.message}`)
    }
    // Lost calls and dead processes are seen through: only somebody who removed a VM may be the reason.
    const remover = works.some(
      (other) =>
        other !== work &&
        (other.kind === 'deleteVm' || other.kind === 'cleanUp' || other.wish?.name === work.wish?.name),
    )
    if (work.kind === 'createVm' && error.code === 'NOT_FOUND' && !remover && replaced.size === 0) {
      throw new Broken(`${who} misses its VM, and nobody removed it: ${error.message}`)
    }
    if (error.outcome === 'not-started' && work.changes > 0 && !work.mixed) {
      throw new Broken(
        `${who} says not-started, but the platform carried out ${work.changes} changes: ${error.message}`,
      )
    }
    return
  }
  const touched = (ref: VmRef) =>
    works.some(({ kind, target }) => kind !== 'createVm' && target?.incarnation === ref.incarnation)
  if (work.kind === 'createVm' && made) {
    const machine = machineOf(stage, made)
    // Another runner may have removed it between the last look and this one.
    if (!machine && touched(made)) return
    if (!machine) throw new Broken(`${who} succeeded with VM ${made.id}, which is not there`)
    const { name, cpus, powerOn } = work.wish ?? {}
    if (machine.name !== name || machine.cpus !== cpus) {
      throw new Broken(`${who} gave ${machine.name} with ${machine.cpus} cpus for ${name} with ${cpus}`)
    }
    if (powerOn && !machine.running && !touched(made)) throw new Broken(`${who} gave a VM that does not run`)
  }
  if (work.target && work.kind !== 'createVm') {
    const machine = machineOf(stage, work.target)
    // Somebody else was at its state while this one was, or is: no order of the two was promised.
    const contended = works.some(
      (other) =>
        other !== work &&
        other.target?.incarnation === work.target?.incarnation &&
        (other.number > work.number || other.told === 'running' || (other.endedAt ?? 0) > work.number),
    )
    if (work.kind === 'deleteVm' && machine) throw new Broken(`${who} succeeded, and VM ${machine.id} is there`)
    if (work.kind === 'startVm' && !machine?.running && !contended)
      throw new Broken(`${who} succeeded, and the VM does not run`)
    if (work.kind === 'stopVm' && (!machine || machine.running) && !contended)
      throw new Broken(`${who} succeeded, and the VM runs`)
  }
}

/** When nothing is under way any more: each VM has somebody who knows of it, each success its VM, each key one at most. */
export function judgeAll({ works, known, replaced }: Ledger, stage: Stage): void {
  const machines = stage.machines()
  const succeeded = works.filter(({ kind, told }) => kind === 'createVm' && told === 'succeeded')
  const named = new Set(works.flatMap((work) => (work.cleaned ? [] : leftoversOf(work))))
  const keys = new Map<string, NativeMachine>()
  for (const machine of machines) {
    if (machine.key === undefined) continue
    const twin = keys.get(machine.key)
    if (twin) throw new Broken(`VMs ${twin.id} and ${machine.id} carry one key`)
    keys.set(machine.key, machine)
    const owned = succeeded.some(({ made }) => made && sameVm(made, machine))
    if (!owned && !named.has(machine.id)) throw new Broken(`VM ${machine.id} is an orphan: nobody was told of it`)
  }
  for (const { number, made } of succeeded) {
    if (!made || machines.some((machine) => sameVm(made, machine)) || replaced.has(made.incarnation ?? '')) continue
    const deleted = works.some(({ kind, target }) => kind === 'deleteVm' && target?.incarnation === made.incarnation)
    if (!deleted) throw new Broken(`VM ${made.id} of operation ${number} is gone, and nobody asked for that`)
  }
  for (const ref of known) {
    if (!ref.incarnation?.startsWith('stranger:')) continue
    const incarnation = ref.incarnation.slice('stranger:'.length)
    const there = machines.some((machine) => machine.incarnation === incarnation)
    const asked = works.some(({ kind, target }) => kind === 'deleteVm' && target?.incarnation === incarnation)
    if (!there && !asked && !replaced.has(incarnation)) throw new Broken(`VM ${ref.id} of a stranger is gone`)
  }
  const strays = stage.strayVolumes().filter((volume) => !named.has(volume))
  if (strays.length > 0) throw new Broken(`volumes ${strays.join(', ')} belong to no VM, and nobody was told`)
}

function leftoversOf({ error }: Work): readonly string[] {
  return error?.code === 'PARTIAL' && 'leftovers' in error.details
    ? (error.details.leftovers as readonly { readonly id: string }[]).map(({ id }) => id)
    : []
}
