import { parseXml } from '@dcm/wire/xml'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeCall, loadSchema } from './codec.js'
import { writeEnvelope } from './envelope.js'
import { reference } from './reference.js'

const machine = reference('VirtualMachine', 'vm-50')

describe('a call on the wire', () => {
  it('has its elements in the order of the schema, with types where they are needed', async () => {
    const schema = await loadSchema(['virtual-machine'])
    const call = encodeCall(schema, 'CloneVM_Task', {
      spec: { powerOn: false, template: false, location: { pool: reference('ResourcePool', 'resgroup-8') } },
      name: 'app-01',
      folder: reference('Folder', 'group-v3'),
      _this: machine,
    })
    expect(call).toBe(
      '<CloneVM_Task xmlns="urn:vim25"><_this type="VirtualMachine">vm-50</_this><folder type="Folder">group-v3</folder>' +
        '<name>app-01</name><spec><location><pool type="ResourcePool">resgroup-8</pool></location>' +
        '<template>false</template><powerOn>false</powerOn></spec></CloneVM_Task>',
    )
    const withMarker = encodeCall(schema, 'ReconfigVM_Task', {
      _this: machine,
      spec: { extraConfig: [{ _type: 'OptionValue', key: 'dcm.marker', value: 'k-42' }] },
    })
    expect(withMarker).toContain('<value xsi:type="xsd:string">k-42</value>')
  })

  it('carries any text that XML can carry, and refuses the rest', async () => {
    const schema = await loadSchema(['virtual-machine'])
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (annotation) => {
        let body: string
        try {
          body = encodeCall(schema, 'ReconfigVM_Task', { _this: machine, spec: { annotation } })
        } catch {
          // Control characters, the two non-characters and halves of pairs.
          // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
          expect(annotation).toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u)
          return
        }
        const text = JSON.stringify(parseXml(writeEnvelope(body, { operationId: 'dcm-1' })))
        expect(text).toContain(JSON.stringify(annotation).slice(1, -1))
      }),
    )
  })
})
