/** Reads checked parameters; a wrong type here is a mistake of the simulator, not of the caller. */
export interface ParameterReader {
  has(name: string): boolean
  text(name: string): string
  optionalText(name: string): string | undefined
  integer(name: string): number
  optionalInteger(name: string): number | undefined
  /** Booleans of the platform; absent counts as false. */
  isSet(name: string): boolean
  optionalFlag(name: string): boolean | undefined
  /** A list, however it was sent. */
  list(name: string): readonly string[]
  entries(): Iterable<readonly [string, unknown]>
}

export function readParameters(values: ReadonlyMap<string, unknown>): ParameterReader {
  const optionalText = (name: string): string | undefined => {
    const value = values.get(name)
    return value === undefined ? undefined : String(value)
  }
  const optionalInteger = (name: string): number | undefined => {
    const value = values.get(name)
    return value === undefined ? undefined : Number(value)
  }
  const optionalFlag = (name: string): boolean | undefined => {
    const value = optionalText(name)
    return value === undefined ? undefined : value === '1'
  }
  return {
    has: (name) => values.has(name),
    text: (name) => present(name, optionalText(name)),
    optionalText,
    integer: (name) => present(name, optionalInteger(name)),
    optionalInteger,
    isSet: (name) => optionalFlag(name) === true,
    optionalFlag,
    list(name) {
      const value = values.get(name)
      if (value === undefined) return []
      if (Array.isArray(value)) return value.map(String)
      return String(value)
        .split(/[,;\s]+/)
        .filter((item) => item !== '')
    },
    entries: () => values.entries(),
  }
}

function present<Value>(name: string, value: Value | undefined): Value {
  if (value === undefined)
    throw new Error(`the simulated operation reads parameter '${name}', which its schema lets out`)
  return value
}
