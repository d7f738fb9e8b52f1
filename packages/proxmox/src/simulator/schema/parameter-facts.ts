import type { OperationFacts, ParameterFacts } from '../../generated/operation-facts.js'

export type { OperationFacts, ParameterFacts }

/** Members of a property string: `alias` names the member meant, `keyAlias` the member that receives the written key. */
export type PropertyStringFacts = NonNullable<ParameterFacts['propertyString']>

/** Highest number of a parameter that is written with one, such as `net31`. */
const highestIndex: Readonly<Record<string, number>> = {
  net: 31,
  scsi: 30,
  ide: 3,
  sata: 5,
  virtio: 15,
  virtiofs: 9,
  unused: 255,
  ipconfig: 31,
  hostpci: 15,
  usb: 14,
  numa: 7,
  serial: 3,
  parallel: 2,
  mp: 255,
  dev: 255,
  link: 7,
  acmedomain: 5,
}

/** The facts of a parameter by its written name, numbered ones included. */
export function parameterFacts(
  parameters: Readonly<Record<string, ParameterFacts>>,
  name: string,
): ParameterFacts | undefined {
  if (Object.hasOwn(parameters, name)) return parameters[name]
  const numbered = /^([a-z]+)(0|[1-9]\d{0,2})$/.exec(name)
  if (numbered === null) return undefined
  const [, base = '', index = ''] = numbered
  if (Number(index) > (highestIndex[base] ?? -1)) return undefined
  const indexed = `${base}[n]`
  return Object.hasOwn(parameters, indexed) ? parameters[indexed] : undefined
}
