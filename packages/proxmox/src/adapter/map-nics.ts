import type { VmNic } from '@dcm/core'
import { type PropertyValue, parsePropertyString, writePropertyString } from '../client/property-string.js'

/** A network device of a configuration. */
export interface Nic {
  /** `net0`, ... */
  readonly key: string
  readonly model: string
  readonly macAddress?: string
  readonly bridge?: string
  readonly vlanId?: number
  readonly linkDown: boolean
  /** Everything else, kept when the device is written back: firewall, mtu, queues, rate, trunks. */
  readonly others: Readonly<Record<string, string>>
}

const models: ReadonlySet<string> = new Set([
  'virtio',
  'e1000',
  'e1000e',
  'rtl8139',
  'vmxnet3',
  'e1000-82540em',
  'e1000-82544gc',
  'e1000-82545em',
  'i82551',
  'i82557b',
  'i82559er',
  'ne2k_isa',
  'ne2k_pci',
  'pcnet',
])

/** Reads `net0`: the model is a key with the MAC as its value, or written out as `model=` and `macaddr=`. */
export function parseNic(key: string, value: unknown): Nic | undefined {
  if (!/^net\d+$/.test(key) || typeof value !== 'string') return undefined
  const properties = parsePropertyString(value, { defaultKey: 'model' })
  const others: Record<string, string> = {}
  let model = 'virtio'
  let macAddress: string | undefined
  for (const [name, text] of Object.entries(properties)) {
    if (models.has(name)) {
      model = name
      if (text !== '') macAddress = text
    } else if (name === 'model') model = text
    else if (name === 'macaddr') macAddress = text
    else if (name !== 'bridge' && name !== 'tag' && name !== 'link_down') others[name] = text
  }
  const vlanId = Number(properties.tag)
  return {
    key,
    model,
    ...(macAddress !== undefined && { macAddress }),
    ...(properties.bridge !== undefined && { bridge: properties.bridge }),
    ...(Number.isInteger(vlanId) && vlanId > 0 && { vlanId }),
    linkDown: properties.link_down === '1',
    others,
  }
}

/** All network devices of a configuration, by number. */
export function nicsOf(config: object): readonly Nic[] {
  const nics: Nic[] = []
  for (const [key, value] of Object.entries(config)) {
    const nic = parseNic(key, value)
    if (nic) nics.push(nic)
  }
  return nics.sort((one, other) => numberOf(one.key) - numberOf(other.key))
}

/** Writes a device. Without a MAC the platform draws a new one. */
export function writeNic(nic: Omit<Nic, 'key'>): string {
  const properties: Record<string, PropertyValue> = {
    ...(nic.macAddress === undefined ? { model: nic.model } : { [nic.model]: nic.macAddress }),
    bridge: nic.bridge,
    tag: nic.vlanId,
    link_down: nic.linkDown ? true : undefined,
    ...nic.others,
  }
  return writePropertyString(properties, { defaultKey: 'model' })
}

/** The device as the port shows it. */
export function mapNic(nic: Nic): VmNic {
  return {
    key: nic.key,
    ...(nic.macAddress !== undefined && { macAddress: nic.macAddress }),
    ...(nic.bridge !== undefined && { network: nic.bridge }),
    ...(nic.vlanId !== undefined && { vlanId: nic.vlanId }),
    connected: !nic.linkDown && nic.bridge !== undefined,
    model: nic.model,
  }
}

/** Do two devices mean the same? */
export function sameNic(one: Nic, other: Omit<Nic, 'key'>): boolean {
  return (
    one.model === other.model &&
    one.bridge === other.bridge &&
    one.vlanId === other.vlanId &&
    one.linkDown === other.linkDown &&
    (other.macAddress === undefined || one.macAddress?.toUpperCase() === other.macAddress.toUpperCase()) &&
    JSON.stringify(Object.entries(one.others).sort()) === JSON.stringify(Object.entries(other.others).sort())
  )
}

function numberOf(key: string): number {
  return Number(key.slice(3))
}
