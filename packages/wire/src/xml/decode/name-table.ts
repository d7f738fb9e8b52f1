const hashSeed = 0x811c9dc5 | 0
const hashPrime = 0x01000193

/**
 * Finds one of a few known words by its bytes: hash, probe, compare. The words come from the schema; what the document holds
 * is never stored and never becomes a key.
 */
export interface NameTable {
  readonly mask: number
  /** Index of a word plus one, 0 where the slot is empty. */
  readonly slots: Int32Array
  readonly hashes: Int32Array
  readonly words: readonly Uint8Array[]
  /** Namespace id of each word. */
  readonly namespaces: Int32Array
}

export function createNameTable(words: readonly string[], namespaces: readonly number[] = []): NameTable {
  const bytes = words.map((word) => new Uint8Array(Buffer.from(word, 'utf8')))
  let size = 4
  while (size < words.length * 3) size *= 2
  const slots = new Int32Array(size)
  const hashes = new Int32Array(words.length)
  bytes.forEach((word, index) => {
    let hash = hashSeed
    for (const byte of word) hash = Math.imul(hash ^ byte, hashPrime)
    hashes[index] = hash
    let at = spread(hash) & (size - 1)
    while (slots[at] !== 0) at = (at + 1) & (size - 1)
    slots[at] = index + 1
  })
  return {
    mask: size - 1,
    slots,
    hashes,
    words: bytes,
    namespaces: Int32Array.from(words, (_, index) => namespaces[index] ?? 0),
  }
}

/** Index of the word in the range, -1 when it is none of the table's. */
export function findName(table: NameTable, bytes: Uint8Array, start: number, end: number, namespace: number): number {
  const { slots, mask } = table
  const length = end - start
  const hash = hashRange(bytes, start, end)
  for (let at = spread(hash) & mask; ; at = (at + 1) & mask) {
    const index = (slots[at] as number) - 1 // in range: masked
    if (index < 0) return -1
    if (table.hashes[index] !== hash || table.namespaces[index] !== namespace) continue
    const word = table.words[index] as Uint8Array // in range: from the table itself
    if (word.length !== length) continue
    let i = 0
    while (i < length && word[i] === bytes[start + i]) i++
    if (i === length) return index
  }
}

function hashRange(bytes: Uint8Array, start: number, end: number): number {
  let hash = hashSeed
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), hashPrime) // in range
  return hash
}

/** True when the word stands at `start` in full; what follows it is for the caller to look at. */
export function startsWithWord(bytes: Uint8Array, start: number, word: Uint8Array): boolean {
  const length = word.length
  let i = 0
  while (i < length && word[i] === bytes[start + i]) i++
  return i === length
}

function spread(hash: number): number {
  return hash ^ (hash >>> 15)
}
