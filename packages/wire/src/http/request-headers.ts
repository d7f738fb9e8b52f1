import { ACCEPTED_ENCODINGS } from './content-encoding.js'

/** Names and values in turn, with the encodings that we accept unless the caller names others. */
export function headerList(headers: Readonly<Record<string, string>> | undefined, compression: boolean): string[] {
  const encodings = compression ? ACCEPTED_ENCODINGS : 'identity'
  if (headers === undefined) return ['accept-encoding', encodings]
  const list: string[] = []
  let asksForEncoding = false
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    if (value === undefined) continue
    if (name.length === 15 && name.toLowerCase() === 'accept-encoding') asksForEncoding = true
    list.push(name, value)
  }
  if (!asksForEncoding) list.push('accept-encoding', encodings)
  return list
}
