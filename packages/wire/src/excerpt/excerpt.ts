const longest = 120
/** Tickets, tokens and cookies are longer than this; words of a proxy's error page are not. */
const longWord = /[^\s<>]{16,}/g

/** The beginning of a strange answer, for a person who wonders who it is that answers: one line, long words masked. */
export function excerptOf(text: string): string {
  const line = text
    .slice(0, 4 * longest)
    .replace(longWord, '...')
    .replace(/\s+/g, ' ')
    .trim()
  return line.slice(0, longest)
}
