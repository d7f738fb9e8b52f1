import { describe, expect, it } from 'vitest'
import { readPackage } from './package.js'

const envelope = (inner: string): string =>
  `<ovf:Envelope xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:r="urn:rasd">${inner}</ovf:Envelope>`

const item = (kind: number, rest: string): string =>
  `<ovf:Item><r:ResourceType>${kind}</r:ResourceType>${rest}</ovf:Item>`

describe('a package', () => {
  it('has the sizes of its hardware, in the units of its descriptor', () => {
    const text = envelope(`
      <ovf:DiskSection>
        <ovf:Disk ovf:diskId="a" ovf:capacity="8" ovf:capacityAllocationUnits="byte * 2^30"/>
        <ovf:Disk ovf:diskId="b" ovf:capacity="1048577"/>
      </ovf:DiskSection>
      <ovf:VirtualSystem ovf:id="machine">
        ${item(4, '<r:AllocationUnits>MegaBytes</r:AllocationUnits><r:VirtualQuantity>512</r:VirtualQuantity>')}
        ${item(3, '<r:VirtualQuantity>4</r:VirtualQuantity>')}
        ${item(17, '<r:HostResource>ovf:/disk/b</r:HostResource>')}
        ${item(17, '<r:HostResource>/disk/a</r:HostResource>')}
        ${item(10, '<r:Connection>front</r:Connection>')}
      </ovf:VirtualSystem>`)
    expect(readPackage(text)).toMatchObject({
      name: 'machine',
      cpus: 4,
      memoryMB: 512,
      diskGiB: [2 / 1_024, 8],
      cards: ['front'],
      guestId: undefined,
    })
  })

  it('without hardware has what every machine has', () => {
    const text = envelope('<ovf:VirtualSystem ovf:id="x"><ovf:Name>named</ovf:Name></ovf:VirtualSystem>')
    expect(readPackage(text)).toMatchObject({ name: 'named', cpus: 1, memoryMB: 1_024, diskGiB: [], eulas: [] })
  })

  it.each([
    ['no XML', 'machine'],
    ['another document', '<Template/>'],
    ['no machine', envelope('')],
    ['two machines', envelope('<ovf:VirtualSystem ovf:id="a"/><ovf:VirtualSystem ovf:id="b"/>')],
  ])('is not in a text of %s', (_what, text) => expect(readPackage(text)).toBeUndefined())
})
