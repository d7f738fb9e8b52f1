import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../config.js'
import type { SchemaModel, TypeModel } from '../model/schema-model.js'
import { vimFactsFile } from '../testing/parts.js'
import { readSchemas } from '../xsd/read-schemas.js'
import { readVimFacts } from './read-vim-facts.js'

const folder = process.env.DCM_SPECS ?? fileURLToPath(new URL('../../../../shared/specs', import.meta.url))
const wsdl = `${folder}/vsphere/wsdl-9.1.0.0/vimService.wsdl`
if (!existsSync(wsdl))
  console.log('SKIPPED: no WSDL of vim25 9.1.0.0 found; set DCM_SPECS to compare it with our facts')

/** Two front ends that share nothing but the model read the same interface: both must see the same. */
describe.skipIf(!existsSync(wsdl))('facts of vim25 and the WSDL of 9.1.0.0', () => {
  it('agree on every type, its members, their order and counts, and on every method', () => {
    const facts = readVimFacts(vimFactsFile)
    const schema = readSchemas([wsdl], readConfig(vimFactsFile.replace('vim25.json', 'xsd2ts.json')))
    const differing: string[] = []
    let compared = 0
    for (const [id, type] of facts.types) {
      const other = schema.types.get(id) ?? schema.types.get(`${upper(id)}#inner`)
      // The vendor's schema does not give a reference's type and value as required.
      if (id.endsWith('}ManagedObjectReference')) continue
      compared++
      if (other === undefined || shape(other) !== shape(type)) differing.push(id)
    }
    expect(differing).toEqual([])
    expect(compared).toBeGreaterThan(5_000)
    expect(methodsOf(facts)).toEqual(methodsOf(schema))
  })
})

/** Types without a name are called after their element, whose first letter may be small. */
function upper(id: string): string {
  return id.replace(/\}(.)/, (_, letter: string) => `}${letter.toUpperCase()}`)
}

function shape(type: TypeModel): string {
  if (type.form === 'enumeration') return JSON.stringify(type.values.map(({ value }) => value).sort())
  if (type.form === 'restriction') return JSON.stringify(type)
  return JSON.stringify([
    type.base,
    type.members.map(({ place, name, value, list, required }) => [place, name, value, list, required]),
  ])
}

function methodsOf(model: SchemaModel): string[] {
  return model.managedTypes
    .flatMap((managed) => managed.methods)
    .map(
      ({ name, faults }) =>
        `${name} ${[...faults].filter((fault) => fault !== 'Runtime' && fault !== 'RuntimeFault').sort()}`,
    )
    .sort()
}
