type Coercer = (value: unknown) => unknown
type MemberCoercer = (record: Record<string, unknown>) => void

/**
 * Coerces the named members of a record in place. Written out as one function with a line for each member, because
 * a loop over names costs a list of 10,000 rows ten times as much; where the process forbids making functions
 * (`--disallow-code-generation-from-strings`) it is that loop. The names come from our own generated table.
 */
export function memberCoercer(names: readonly string[], coercers: readonly Coercer[]): MemberCoercer {
  return writtenMembers(names, coercers) ?? loopedMembers(names, coercers)
}

export function writtenMembers(names: readonly string[], coercers: readonly Coercer[]): MemberCoercer | undefined {
  const lines = names.map((name, index) => {
    const member = `record[${JSON.stringify(name)}]`
    return `before = ${member}; if (before !== undefined) { after = c${index}(before); if (after !== before) ${member} = after }`
  })
  try {
    const make: (...coercers: readonly Coercer[]) => MemberCoercer = new Function(
      ...names.map((_name, index) => `c${index}`),
      `'use strict'; return (record) => { let before, after; ${lines.join('\n')} }`,
    ) as never // a Function's type says nothing
    return make(...coercers)
  } catch {
    return undefined
  }
}

export function loopedMembers(names: readonly string[], coercers: readonly Coercer[]): MemberCoercer {
  return (record) => {
    for (let index = 0; index < names.length; index++) {
      const name = names[index] as string // within bounds
      const before = record[name]
      if (before === undefined) continue
      const after = (coercers[index] as Coercer)(before) // as many as names
      if (after !== before) record[name] = after
    }
  }
}
