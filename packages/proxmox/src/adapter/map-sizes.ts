const units: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 }

const mebibyte = 1024 ** 2
const gibibyte = 1024 ** 3

/** Bytes of a size in a configuration (`32G`, `10486K`, `1.5T`, `512`); undefined for anything else. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([KMGT]?)$/.exec(text.trim())
  if (!match) return undefined
  const bytes = Math.round(Number(match[1]) * (units[match[2] ?? ''] ?? 1))
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/** A size for PUT resize: whole and in the largest unit that stays exact. */
export function writeSize(bytes: number): string {
  for (const unit of ['G', 'M', 'K'] as const) {
    const size = units[unit] ?? 1
    if (bytes % size === 0) return `${bytes / size}${unit}`
  }
  return String(bytes)
}

/** A size for a new volume (`<storage>:<size>`): GiB, with a fraction where it needs one. Exact for whole MiB. */
export function writeGibibytes(bytes: number): string {
  return String(Math.round(bytes / mebibyte) / 1024)
}

/** MiB for the configuration's `memory`. */
export function toMebibytes(bytes: number): number {
  return Math.round(bytes / mebibyte)
}

/** Bytes of the configuration's `memory`: MiB, as a number, a text, or `current=<MiB>` (since qemu-server 8.0.8). */
export function memoryBytesOf(memory: string | number | undefined): number {
  const text = String(memory ?? 512)
  const mebibytes = /(?:^|[,=])(\d+)(?:,|$)/.exec(text)?.[1]
  return Number(mebibytes ?? 512) * mebibyte
}

/** For messages: `1.5 GiB`. */
export function humanBytes(bytes: number): string {
  return bytes >= gibibyte ? `${round(bytes / gibibyte)} GiB` : `${round(bytes / mebibyte)} MiB`
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
