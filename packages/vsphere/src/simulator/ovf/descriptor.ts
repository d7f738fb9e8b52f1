import { escapeAttribute, escapeText, parseXml, type XmlElement } from '@dcm/wire/xml'
import type { Vim25Types } from '../../generated/types.js'
import { disksOf, sizeOf } from '../machines/devices.js'
import { configOf, type Machine } from '../machines/machine.js'
import { attributeOf, everythingIn, textIn } from './elements.js'

/** As much of a descriptor as says what a VM is made of; hardware items are left out. */
export function writeDescriptor(machine: Machine, params: Vim25Types['OvfCreateDescriptorParams']): string {
  const config = configOf(machine)
  const name = params.name ?? config.name
  const files = params.ovfFiles.map(
    ({ path, size }, index) =>
      `<File ovf:href="${escapeAttribute(path)}" ovf:id="file${index + 1}" ovf:size="${size}"/>`,
  )
  const disks = disksOf(config).map(
    (disk, index) =>
      `<Disk ovf:capacity="${sizeOf(disk)}" ovf:diskId="vmdisk${index + 1}" ovf:fileRef="file${index + 1}"/>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1">
  <References>${files.join('')}</References>
  <DiskSection><Info>Disks</Info>${disks.join('')}</DiskSection>
  <NetworkSection><Info>Networks</Info><Network ovf:name="VM Network"/></NetworkSection>
  <VirtualSystem ovf:id="${escapeAttribute(name)}"><Info>A virtual machine</Info><Name>${escapeText(name)}</Name>
    <AnnotationSection><Info>Annotation</Info><Annotation>${escapeText(params.description ?? '')}</Annotation></AnnotationSection>
  </VirtualSystem>
</Envelope>
`
}

type Parsed = Pick<
  Vim25Types['OvfParseDescriptorResult'],
  'eula' | 'network' | 'property' | 'annotation' | 'defaultEntityName'
> & {
  readonly downloadSize: number
}

/** Undefined for what is no OVF envelope. */
export function readEnvelope(text: string): XmlElement | undefined {
  try {
    const root = parseXml(Buffer.from(text))
    return root.name === 'Envelope' ? root : undefined
  } catch {
    return undefined
  }
}

/** Undefined for what is no OVF envelope. */
export function readDescriptor(text: string): Parsed | undefined {
  const root = readEnvelope(text)
  if (root === undefined) return undefined
  const all = everythingIn(root)
  const named = (name: string) => all.filter((element) => element.name === name)
  return {
    eula: named('License').map(({ children }) => children.join('')),
    network: named('Network').map((element) => ({
      name: attributeOf(element, 'name') ?? '',
      description: textIn(element, 'Description'),
    })),
    property: named('Property').map((element, key) => ({
      key,
      id: attributeOf(element, 'key'),
      type: attributeOf(element, 'type'),
      defaultValue: attributeOf(element, 'value'),
      userConfigurable: attributeOf(element, 'userConfigurable') === 'true',
      label: textIn(element, 'Label'),
    })),
    annotation: textIn(root, 'Annotation'),
    defaultEntityName: named('VirtualSystem').map((element) => attributeOf(element, 'id') ?? '')[0] ?? '',
    downloadSize: named('File').reduce((sum, element) => sum + Number(attributeOf(element, 'size') ?? 0), 0),
  }
}
