/** Words as one name: `X-API-Session` gives `XAPISession`. Names that are good already stay as they are. */
export function makeIdentifier(name: string): string {
  const joined = name
    .split(/[^A-Za-z0-9_$]+/)
    .filter((word) => word !== '')
    .map((word, index) => (index === 0 ? word : upperFirst(word)))
    .join('')
  return /^[A-Za-z_$]/.test(joined) ? joined : `_${joined}`
}

export function upperFirst(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

/** `VirtualIOServer` as `virtual-io-server`. */
export function kebabCase(name: string): string {
  return makeIdentifier(name)
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1-$2')
    .replace(/_+/g, '-')
    .toLowerCase()
}

/** `shared/vm-device` as `SharedVmDevice`. */
export function pascalCase(path: string): string {
  return path
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map(upperFirst)
    .join('')
}
