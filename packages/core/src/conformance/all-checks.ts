import type { Check } from './check.js'
import {
  connectionChecks,
  contractChecks,
  createChecks,
  deleteChecks,
  facetChecks,
  getChecks,
  inventoryChecks,
  limitChecks,
  operationChecks,
  powerChecks,
} from './checks/index.js'

/** Every check of the kit, by number. */
export const allChecks: readonly Check[] = [
  ...contractChecks,
  ...connectionChecks,
  ...inventoryChecks,
  ...getChecks,
  ...createChecks,
  ...powerChecks,
  ...deleteChecks,
  ...operationChecks,
  ...facetChecks,
  ...limitChecks,
]
