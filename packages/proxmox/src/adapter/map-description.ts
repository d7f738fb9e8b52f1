import { type Marker, parseMarker } from '@dcm/core'

/** The platform's own limit on descriptions. */
export const descriptionMaxLength: number = 8192 - 80

/** The user's words with our marker in the last line. */
export function writeDescription(text: string | undefined, marker: string): string {
  return text === undefined || text === '' ? marker : `${text}\n\n${marker}`
}

/**
 * Takes a description apart. The last line that is a marker counts, wherever it stands: people write below it. Line
 * breaks around it that we or the platform added go with it.
 */
export function readDescription(description: string | undefined): { text?: string; marker?: Marker } {
  if (description === undefined) return {}
  const lines = description.split('\n')
  const at = lines.findLastIndex((line) => parseMarker(line.trim()) !== undefined)
  const marker = at < 0 ? undefined : parseMarker(lines[at]?.trim() ?? '')
  if (marker === undefined) return withText(description.replace(/\n$/, ''))
  const before = lines.slice(0, at).join('\n').replace(/\n$/, '')
  const after = lines
    .slice(at + 1)
    .join('\n')
    .replace(/\n$/, '')
  return { ...withText([before, after].filter((part) => part !== '').join('\n')), marker }
}

function withText(text: string): { text?: string } {
  return text === '' ? {} : { text }
}
