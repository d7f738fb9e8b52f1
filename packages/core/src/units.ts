/** Kibibytes to bytes. */
export function kib(count: number): number {
  return count * 1024
}

/** Mebibytes to bytes: `mib(512)` is 536870912. */
export function mib(count: number): number {
  return count * 1024 ** 2
}

/** Gibibytes to bytes: `gib(4)` is 4294967296. */
export function gib(count: number): number {
  return count * 1024 ** 3
}

/** Tebibytes to bytes. */
export function tib(count: number): number {
  return count * 1024 ** 4
}
