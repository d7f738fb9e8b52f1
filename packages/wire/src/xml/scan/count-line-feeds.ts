/**
 * Number of line feeds in the first `end` bytes. Four bytes at a time and without branches, because every byte of a stream
 * passes here.
 */
export function countLineFeeds(bytes: Uint8Array, end: number): number {
  let feeds = 0
  let i = 0
  while (i < end && ((bytes.byteOffset + i) & 3) !== 0) if (bytes[i++] === 0x0a) feeds++
  if (i === end) return feeds
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + i, (end - i) >> 2)
  for (let w = 0; w < words.length; ) {
    // Each byte of `counts` counts its column of up to 255 words.
    const stop = Math.min(w + 255, words.length)
    let counts = 0
    for (; w < stop; w++) {
      const word = (words[w] as number) ^ 0x0a0a0a0a // in range: below `length`
      // The top bit of each byte stays clear only where the byte is zero, that is, where it was a line feed.
      counts = (counts + ((~(((word & 0x7f7f7f7f) + 0x7f7f7f7f) | word | 0x7f7f7f7f) >>> 7) & 0x01010101)) | 0
    }
    feeds += (counts & 0xff) + ((counts >>> 8) & 0xff) + ((counts >>> 16) & 0xff) + (counts >>> 24)
  }
  for (i += words.length * 4; i < end; i++) if (bytes[i] === 0x0a) feeds++
  return feeds
}
