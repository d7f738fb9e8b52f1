const KIB = 1024
const units: readonly string[] = ['K', 'M', 'G', 'T']

/** Bytes of a size such as `32G`, `10486K` or `5368709120`; undefined when it is none. */
export function parseSize(text: string): number | undefined {
  const parts = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(text)
  if (parts === null) return undefined
  const [, amount = '', unit = ''] = parts
  return Math.round(Number(amount) * KIB ** (units.indexOf(unit) + 1))
}

/** A size as it stands in a configuration: the largest binary unit that fits without a rest, at least `K`. */
export function printSize(bytes: number): string {
  const kib = Math.ceil(bytes / KIB)
  let amount = kib
  let unit = 0
  while (unit < units.length - 1 && amount % KIB === 0 && amount > 0) {
    amount /= KIB
    unit += 1
  }
  return `${amount}${units[unit]}`
}

/** A size as it stands in task logs: `15.6 MiB`. */
export function printHumanSize(bytes: number): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let amount = bytes
  let index = 0
  while (amount >= KIB && index < names.length - 1) {
    amount /= KIB
    index += 1
  }
  return `${amount.toFixed(1)} ${names[index]}`
}

/** What `storage:N` allocates: N GiB, in whole KiB. */
export function allocationBytes(gibibytes: number): number {
  return Math.ceil(gibibytes * KIB * KIB) * KIB
}
