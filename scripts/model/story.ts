import fc from 'fast-check'
import { type Mishap, mishaps } from './stage.js'

/** A process dies at a checkpoint of its command: before the handle was stored, or right after. */
export interface Death {
  readonly checkpoint: number
  readonly stored: boolean
}

/** A wish of an actor under a key. */
export interface Creation {
  readonly actor: number
  readonly key: number
  readonly wish: number
  readonly powerOn: boolean
  readonly death?: Death
}

/** One act of a story. Operations and VMs are named by number, counted round those that there are by then. */
export type Act =
  | ({ readonly does: 'create' } & Creation)
  | { readonly does: 'create-both'; readonly first: Creation; readonly second: Creation }
  | { readonly does: 'advance'; readonly operation: number; readonly steps: number; readonly death?: Death }
  | { readonly does: 'advance-twice'; readonly operation: number; readonly steps: number; readonly lag: number }
  | { readonly does: 'advance-both'; readonly operation: number; readonly other: number; readonly steps: number }
  | { readonly does: 'cancel'; readonly operation: number }
  | { readonly does: 'clean-up'; readonly operation: number }
  | {
      readonly does: 'delete'
      readonly actor: number
      readonly vm: number
      readonly force: boolean
      readonly death?: Death
    }
  | { readonly does: 'start' | 'stop'; readonly actor: number; readonly vm: number; readonly death?: Death }
  | { readonly does: 'replace'; readonly vm: number }
  | { readonly does: 'mishap'; readonly what: Mishap; readonly after: number }
  | { readonly does: 'pass'; readonly seconds: number }

export type Story = readonly Act[]

export const actors = ['ann', 'bob', 'cyd'] as const

const number = (max: number): fc.Arbitrary<number> => fc.nat({ max })
const ending = fc.option(fc.record({ checkpoint: fc.integer({ min: 1, max: 4 }), stored: fc.boolean() }), {
  nil: undefined,
})
const mortal = <T extends object>(act: fc.Arbitrary<T>): fc.Arbitrary<T & { readonly death?: Death }> =>
  fc.tuple(act, ending).map(([rest, end]) => (end === undefined ? rest : { ...rest, death: end }))

const creation: fc.Arbitrary<Creation> = mortal(
  fc.record({
    actor: number(actors.length - 1),
    key: number(1),
    wish: fc.oneof({ arbitrary: fc.constant(0), weight: 4 }, { arbitrary: fc.constant(1), weight: 1 }),
    powerOn: fc.boolean(),
  }),
)
const create = creation.map((wanted) => ({ does: 'create' as const, ...wanted }))
const createBoth = fc.record({ does: fc.constant('create-both' as const), first: creation, second: creation })
const operation = number(4)
const advance = mortal(
  fc.record({ does: fc.constant('advance' as const), operation, steps: fc.integer({ min: 1, max: 30 }) }),
)
const twice = fc.record({
  does: fc.constant('advance-twice' as const),
  operation,
  steps: fc.integer({ min: 1, max: 20 }),
  lag: number(6),
})
const advanceBoth = fc.record({
  does: fc.constant('advance-both' as const),
  operation,
  other: operation,
  steps: fc.integer({ min: 1, max: 30 }),
})
const remove = mortal(
  fc.record({
    does: fc.constant('delete' as const),
    actor: number(actors.length - 1),
    vm: number(3),
    force: fc.boolean(),
  }),
)
const power = mortal(
  fc.record({
    does: fc.constantFrom('start' as const, 'stop' as const),
    actor: number(actors.length - 1),
    vm: number(3),
  }),
)

const act: fc.Arbitrary<Act> = fc.oneof(
  { arbitrary: create, weight: 4 },
  { arbitrary: createBoth, weight: 1 },
  { arbitrary: advance, weight: 6 },
  { arbitrary: advanceBoth, weight: 2 },
  { arbitrary: twice, weight: 2 },
  { arbitrary: fc.record({ does: fc.constant('cancel' as const), operation }), weight: 2 },
  { arbitrary: fc.record({ does: fc.constant('clean-up' as const), operation }), weight: 1 },
  { arbitrary: remove, weight: 2 },
  { arbitrary: power, weight: 1 },
  { arbitrary: fc.record({ does: fc.constant('replace' as const), vm: number(3) }), weight: 1 },
  {
    arbitrary: fc.record({ does: fc.constant('mishap' as const), what: fc.constantFrom(...mishaps), after: number(3) }),
    weight: 4,
  },
  { arbitrary: fc.record({ does: fc.constant('pass' as const), seconds: fc.constantFrom(1, 30, 900) }), weight: 1 },
)

/** Stories of up to so many acts; they shrink to fewer and simpler ones. */
export const stories = (maxLength: number): fc.Arbitrary<Story> => fc.array(act, { minLength: 1, maxLength })

/** An act as a sentence. */
export function tell(act: Act): string {
  switch (act.does) {
    case 'create':
      return tellCreation(act)
    case 'create-both':
      return `at once: ${tellCreation(act.first)}; ${tellCreation(act.second)}`
    case 'advance':
      return `operation ${act.operation} is advanced by ${act.steps}${tellDeath(act.death)}`
    case 'advance-twice':
      return `operation ${act.operation} is advanced by ${act.steps} by two processes, one ${act.lag} turns behind`
    case 'advance-both':
      return `operations ${act.operation} and ${act.other} are advanced by ${act.steps} at once`
    case 'cancel':
    case 'clean-up':
      return `${act.does} of operation ${act.operation}`
    case 'delete':
      return `${actors[act.actor]} deletes VM ${act.vm}${act.force ? ' with force' : ''}${tellDeath(act.death)}`
    case 'start':
    case 'stop':
      return `${actors[act.actor]} ${act.does}s VM ${act.vm}${tellDeath(act.death)}`
    case 'replace':
      return `somebody puts another VM under the id of VM ${act.vm}`
    case 'mishap':
      return `mishap: ${act.what}, after ${act.after} calls`
    case 'pass':
      return `${act.seconds} s pass`
  }
}

function tellCreation({ actor, key, wish, powerOn, death }: Creation): string {
  return `${actors[actor]} creates under key ${key}, wish ${wish}${powerOn ? ', running' : ''}${tellDeath(death)}`
}

function tellDeath(end: Death | undefined): string {
  return end === undefined ? '' : ` and dies at checkpoint ${end.checkpoint}, ${end.stored ? 'stored' : 'not stored'}`
}
