/** What we ask for; nothing else is understood. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate'

export type ContentEncoding = 'identity' | 'gzip' | 'deflate' | 'unknown'

/** Reads `Content-Encoding`; several encodings on top of each other count as unknown. */
export function contentEncoding(header: string | readonly string[] | undefined): ContentEncoding {
  if (header === undefined) return 'identity'
  const text = (typeof header === 'string' ? header : header.join(',')).trim().toLowerCase()
  if (text === '' || text === 'identity') return 'identity'
  if (text === 'gzip' || text === 'x-gzip') return 'gzip'
  return text === 'deflate' ? 'deflate' : 'unknown'
}
