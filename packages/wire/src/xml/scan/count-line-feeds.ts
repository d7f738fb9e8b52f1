/** Number of line feeds in the first `end` bytes. Four bytes at a time, because every byte of a stream passes here. */
export function countLineFeeds(bytes: Uint8Array, end: number): number {
  let feeds = 0
  let i = 0
  while (i < end && ((bytes.byteOffset + i) & 3) !== 0) if (bytes[i++] === 0x0a) feeds++
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + i, (end - i) >> 2)
  for (let w = 0; w < words.length; w++) {
    const word = (words[w] as number) ^ 0x0a0a0a0a // in range: below `length`
    // Not zero when a byte of the word is zero, that is, was a line feed.
    if (((word - 0x01010101) & ~word & 0x80808080) !== 0) {
      for (let k = i + w * 4; k < i + w * 4 + 4; k++) if (bytes[k] === 0x0a) feeds++
    }
  }
  for (i += words.length * 4; i < end; i++) if (bytes[i] === 0x0a) feeds++
  return feeds
}
