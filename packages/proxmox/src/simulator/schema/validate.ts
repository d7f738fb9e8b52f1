import type { RawParameters } from '../http/form.js'
import { parameterError } from '../http/platform-error.js'
import { checkValue, type ParameterValue } from './check-value.js'
import { type OperationFacts, parameterFacts } from './parameter-facts.js'

export type Parameters = ReadonlyMap<string, ParameterValue>

const UNDEFINED_PROPERTY = 'property is not defined in schema and the schema does not allow additional properties'

/**
 * Checks the parameters of a call; refuses with 400 and every parameter at fault. `known` tells whether a parameter
 * exists in the simulated release.
 */
export function validateParameters(
  facts: OperationFacts,
  raw: RawParameters,
  known: (parameter: string) => boolean = () => true,
): Parameters {
  const errors: Record<string, string> = {}
  const values = new Map<string, ParameterValue>()
  for (const [name, value] of raw) {
    const parameter = known(name) ? parameterFacts(facts.parameters, name) : undefined
    if (value === null) continue
    if (parameter === undefined) {
      if (facts.additionalProperties) values.set(name, String(value))
      else Object.defineProperty(errors, name, { value: UNDEFINED_PROPERTY, enumerable: true, configurable: true })
      continue
    }
    const checked = checkValue(parameter, value, name)
    if (checked.ok) values.set(name, checked.value)
    else errors[name] = checked.complaint
    if (parameter.requires !== undefined && !raw.has(parameter.requires)) {
      errors[parameter.requires] = `missing property - '${name}' requires this property`
    }
  }
  for (const [name, parameter] of Object.entries(facts.parameters)) {
    if (parameter.optional === true || name.endsWith('[n]') || !known(name)) continue
    if (!raw.has(name) || raw.get(name) === null) errors[name] = 'property is missing and it is not optional'
  }
  if (Object.keys(errors).length > 0) throw parameterError(errors)
  return values
}
