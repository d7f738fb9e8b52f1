import { formatMarker, type Marker, parseMarker } from '@dcm/core'

/** The platform's own limit on descriptions. */
export const descriptionMaxLength: number = 8192 - 120

/**
 * What a creation says of its VM behind the marker until it is done. A VM without such a word is finished, whoever took
 * the word away: nobody takes it back.
 */
export interface Draft {
  /** `removed`: its maker is taking it back, and nobody may finish it any more. */
  readonly being: 'made' | 'removed'
  /** Tells the maker from other runs of the same key. */
  readonly attempt: string
}

export interface ReadDescription {
  readonly text?: string
  readonly marker?: Marker
  readonly draft?: Draft
}

const draftLine = /^(\S+) being (made|removed) by ([0-9a-f]{8})$/

/** The user's words with our marker in the last line. */
export function writeDescription(text: string | undefined, marker: Marker, draft?: Draft): string {
  const word = draft === undefined ? '' : ` being ${draft.being} by ${draft.attempt}`
  const line = `${formatMarker(marker)}${word}`
  return text === undefined || text === '' ? line : `${text}\n\n${line}`
}

/**
 * Takes a description apart. The last line that is a marker counts, wherever it stands: people write below it. Line
 * breaks around it that we or the platform added go with it.
 */
export function readDescription(description: string | undefined): ReadDescription {
  if (description === undefined) return {}
  const lines = description.split('\n')
  const at = lines.findLastIndex((line) => readLine(line) !== undefined)
  const found = readLine(lines[at] ?? '')
  if (found === undefined) return withText(description.replace(/\n$/, ''))
  const before = lines.slice(0, at).join('\n').replace(/\n$/, '')
  const after = lines
    .slice(at + 1)
    .join('\n')
    .replace(/\n$/, '')
  return { ...withText([before, after].filter((part) => part !== '').join('\n')), ...found }
}

function readLine(line: string): { readonly marker: Marker; readonly draft?: Draft } | undefined {
  const [, before, being, attempt] = draftLine.exec(line.trim()) ?? []
  const marker = parseMarker(before ?? line.trim())
  if (marker === undefined) return undefined
  if (attempt === undefined) return { marker }
  return { marker, draft: { being: being === 'made' ? 'made' : 'removed', attempt } }
}

function withText(text: string): { text?: string } {
  return text === '' ? {} : { text }
}
