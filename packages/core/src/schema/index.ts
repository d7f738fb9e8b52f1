export {
  array,
  dictionary,
  type ObjectOf,
  type OptionalSchema,
  object,
  oneOf,
  optional,
  type Shape,
  variants,
} from './composites.js'
export { boolean, choice, integer, type NumberRules, number, type StringRules, string } from './scalars.js'
export { invalid, type OutputOf, type Path, type Report, refine, type Schema, schema } from './schema.js'
export { secretInput } from './secret-input.js'
export type { StandardIssue, StandardResult, StandardSchema } from './standard-schema.js'
