import { expect, expectTypeOf, it } from 'vitest'
import type { UnknownObject } from './decode/decode-context.js'
import { knownPart } from './known-part.js'

interface Animal {
  readonly name: string
}
type AnyAnimal = ({ readonly _type: 'Bird'; readonly wings: number } & Animal) | UnknownObject<Animal>

it('gives what all types of a hierarchy have', () => {
  const raw = { name: 'animal', namespace: '', attributes: [], children: [] }
  const animals: AnyAnimal[] = [
    { _type: 'Bird', wings: 2, name: 'wren' },
    { _type: '$unknown', typeName: 'Yeti', base: { name: 'migoi' }, raw },
  ]
  expect(animals.map((animal) => knownPart(animal).name)).toEqual(['wren', 'migoi'])
  expectTypeOf(knownPart(animals[0] as AnyAnimal).name).toEqualTypeOf<string>()
})
