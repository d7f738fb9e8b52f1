/**
 * JSON for files that people compare: what fits in `width` columns stays on one line, everything else is opened one
 * level, keys keep the order in which they were built.
 */
export function stableJson(value: unknown, width = 160): string {
  return `${write(value, '', 0, width)}\n`
}

function write(value: unknown, indent: string, used: number, width: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const line = oneLine(value)
  if (indent.length + used + line.length <= width) return line
  const deeper = `${indent} `
  if (Array.isArray(value)) {
    return `[\n${value.map((item) => `${deeper}${write(item, deeper, 1, width)}`).join(',\n')}\n${indent}]`
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  const lines = members.map(([key, member]) => {
    const label = `${JSON.stringify(key)}: `
    return `${deeper}${label}${write(member, deeper, label.length + 1, width)}`
  })
  return `{\n${lines.join(',\n')}\n${indent}}`
}

function oneLine(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(oneLine).join(', ')}]`
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  if (members.length === 0) return '{}'
  return `{ ${members.map(([key, member]) => `${JSON.stringify(key)}: ${oneLine(member)}`).join(', ')} }`
}
