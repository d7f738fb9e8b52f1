import { ACCEPTED_ENCODINGS } from './content-encoding.js'

/** Names and values in turn, with the encodings that we understand unless the caller asks for others. */
export function headerList(headers: Readonly<Record<string, string>> | undefined): string[] {
  if (headers === undefined) return ['accept-encoding', ACCEPTED_ENCODINGS]
  const list: string[] = []
  let asksForEncoding = false
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    if (value === undefined) continue
    if (name.length === 15 && name.toLowerCase() === 'accept-encoding') asksForEncoding = true
    list.push(name, value)
  }
  if (!asksForEncoding) list.push('accept-encoding', ACCEPTED_ENCODINGS)
  return list
}
