import { expectTypeOf, it } from 'vitest'
import type { Changes } from '../patch/patch-value.js'
import type { XmlSchema } from '../schema/schema-part.js'
import type { Zoo, ZooTypes } from '../testing/small-schema.js'
import { compileDecoder, type XmlDecoder } from './compile-decoder.js'

declare const schema: XmlSchema<ZooTypes>

it('infers the type from the key', () => {
  expectTypeOf(compileDecoder(schema, 'Zoo')).toEqualTypeOf<XmlDecoder<Zoo>>()
})

it('knows what a selection leaves', () => {
  const decoder = compileDecoder(schema, 'Zoo', { select: { name: true, cage: { id: true } } })
  const zoo = decoder.decode('')
  expectTypeOf(zoo.name).toEqualTypeOf<string | undefined>()
  expectTypeOf(zoo.cage).toEqualTypeOf<{ id: number | undefined }[]>()
  // @ts-expect-error not selected
  zoo.area
})

it('refuses keys and properties that do not exist', () => {
  // @ts-expect-error no such type
  compileDecoder(schema, 'Zo')
  // @ts-expect-error no such property
  compileDecoder(schema, 'Zoo', { select: { nme: true } })
})

it('types changes by the properties', () => {
  expectTypeOf<{ name: string; area: null; cage: { remove: number[] } }>().toExtend<Changes<Zoo>>()
  expectTypeOf<{ name: number }>().not.toExtend<Changes<Zoo>>()
})
