/**
 * Inventory names as vSphere keeps them: `/`, `\` and `%` are escaped as `%2f`, `%5c` and `%25`, everything else stands as it is
 * (a `+` is a plus).
 */
export function decodeName(name: string): string {
  return name.replace(/%(?:2f|5c|25)/gi, (escaped) => letters[escaped.toLowerCase()] ?? escaped)
}

const letters: Readonly<Record<string, string>> = { '%2f': '/', '%5c': '\\', '%25': '%' }

/** The name as it is sent and stored. */
export function encodeName(name: string): string {
  return name.replaceAll('%', '%25').replaceAll('/', '%2f').replaceAll('\\', '%5c')
}
