import type { RawParameters } from './form.js'
import { PlatformError } from './platform-error.js'

/** Reads a JSON body. What is no JSON object is refused in the daemon's own words, as plain text (Proxmox VE 9.2). */
export function parseJsonBody(text: string): RawParameters {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw malformed(text, error)
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new PlatformError(500, 'Not a HASH reference at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 934.\n')
  }
  return new Map(Object.entries(parsed))
}

function malformed(text: string, error: unknown): PlatformError {
  const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1]
  const offset = position === undefined ? text.length : Number(position)
  const rest = offset >= text.length ? '(end of string)' : text.slice(offset, offset + 20)
  return new PlatformError(
    500,
    `malformed JSON string, neither tag, array, object, number, string or atom, at character offset ${offset} ` +
      `(before "${rest}") at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 934.\n`,
  )
}
