// Buffer has these methods in every supported Node; they skip the argument handling of toString(), which is what a reader of many
// short texts spends its time on. They are not in its public types, hence the one cast, and may go, hence the fallback.
interface Slices {
  latin1Slice?: (start: number, end: number) => string
  utf8Slice?: (start: number, end: number) => string
}

const native = Buffer.prototype as unknown as Slices
const hasNative = typeof native.latin1Slice === 'function' && typeof native.utf8Slice === 'function'

/** Bytes as characters of the same number. */
export const latin1Slice: (bytes: Buffer, start: number, end: number) => string = hasNative
  ? (bytes, start, end) => (bytes as unknown as Required<Slices>).latin1Slice(start, end)
  : (bytes, start, end) => bytes.toString('latin1', start, end)

/** Bytes as UTF-8; invalid ones become U+FFFD. */
export const utf8Slice: (bytes: Buffer, start: number, end: number) => string = hasNative
  ? (bytes, start, end) => (bytes as unknown as Required<Slices>).utf8Slice(start, end)
  : (bytes, start, end) => bytes.toString('utf8', start, end)
