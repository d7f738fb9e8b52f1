import type { ProblemCollector, Resource, ResourceKind, ResourceOf } from '@dcm/core'
import type { InventoryRows } from '../map-resources.js'
import type { SealedSpec } from './state.js'

/** Everything that one plan looks at. */
export interface Survey {
  readonly spec: SealedSpec
  readonly rows: InventoryRows
  readonly resources: readonly Resource[]
  readonly problems: ProblemCollector
}

export function ofKind<K extends ResourceKind>(survey: Survey, kind: K): ResourceOf<K>[] {
  return survey.resources.filter((one): one is ResourceOf<K> => one.kind === kind)
}
