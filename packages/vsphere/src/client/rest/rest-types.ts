import type { RestOperations } from '../../generated/rest-types.js'
import type { CallLimits } from '../exchange.js'

/** Method and path below `/api`, as in `GET /cis/tagging/tag`. */
export type RestKey = keyof RestOperations & string

/** Members of path, query and body, side by side. */
export type RestParameters<Key extends RestKey> = RestOperations[Key]['parameters']

export type RestResult<Key extends RestKey> = RestOperations[Key]['result']

/** Parameters may be left out where none is required. */
export type RestArguments<Key extends RestKey> =
  Record<never, never> extends RestParameters<Key>
    ? [parameters?: RestParameters<Key>, limits?: CallLimits]
    : [parameters: RestParameters<Key>, limits?: CallLimits]
