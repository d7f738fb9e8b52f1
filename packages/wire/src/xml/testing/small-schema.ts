import { defineXmlSchema, type SchemaPart, type XmlSchema } from '../schema/schema-part.js'

/** Every construct of a schema once, small enough to read. */
export const zooPart: SchemaPart = {
  namespace: 'urn:zoo',
  imports: ['urn:label'],
  elements: { zoo: 'Zoo', cage: 'Cage' },
  enumerations: { Diet: ['meat', 'plants', 'not known'] },
  simpleTypes: {
    Code: { base: 'token', pattern: '[A-Z]{2}\\d+', maxLength: 5 },
    Percent: { base: 'int', minimum: 0, maximum: 100 },
  },
  types: {
    Zoo: '+schemaVersion @open:boolean Metadata:skip name:string! area:double visitors:long debts:bigint since:dateTime {0}label=tag:token cage:Cage* animal:Animal* keeper:Keeper notes:raw extra:any code:Code filled:Percent logo:base64',
    Cage: '+schemaVersion @id:int number:int *:any',
    Keeper: '@role:token #name:token',
    Animal: '!tagged name:token diet:Diet legs:byte',
    Bird: '<Animal ~Aves !tagged wingspan:double',
    Parrot: '<Bird !tagged words:string*',
  },
}

export interface Cage {
  readonly id: number | undefined
  readonly number: number | undefined
  readonly content: { readonly name: string; readonly value: unknown } | undefined
}
export interface Animal {
  readonly _type?: string
  readonly name: string | undefined
  readonly diet: string | undefined
  readonly legs: number | undefined
  readonly wingspan?: number | undefined
  readonly words?: readonly string[]
}
export interface Zoo {
  readonly open: boolean | undefined
  readonly name: string | undefined
  readonly area: number | undefined
  readonly visitors: number | bigint | undefined
  readonly debts: bigint | undefined
  readonly since: string | undefined
  readonly tag: string | undefined
  readonly cage: readonly Cage[]
  readonly animal: readonly Animal[]
  readonly keeper: { readonly role: string | undefined; readonly name: string | undefined } | undefined
  readonly notes: unknown
  readonly extra: unknown
  readonly code: string | undefined
  readonly filled: number | undefined
  readonly logo: string | undefined
}

export interface ZooTypes {
  readonly Zoo: Zoo
  readonly Cage: Cage
  readonly Animal: Animal
  readonly string: string
}

export const zooSchema: XmlSchema<ZooTypes> = defineXmlSchema(zooPart)
