import { connectionTwins } from './connection.js'
import { contractTwins } from './contract.js'
import { createTwins } from './create.js'
import { deleteTwins } from './delete.js'
import { facetTwins } from './facets.js'
import { getTwins } from './get.js'
import { inventoryTwins } from './inventory.js'
import { limitTwins } from './limits.js'
import { operationTwins } from './operations.js'
import { powerTwins } from './power.js'
import type { TwinGroup } from './twin.js'

export const twinGroups: Readonly<Record<string, TwinGroup>> = {
  contract: contractTwins,
  connection: connectionTwins,
  inventory: inventoryTwins,
  get: getTwins,
  create: createTwins,
  power: powerTwins,
  delete: deleteTwins,
  operations: operationTwins,
  facets: facetTwins,
  limits: limitTwins,
}
