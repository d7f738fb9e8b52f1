import { collectorMethods } from './collector-methods.js'
import { customizeMethods } from './customize-methods.js'
import { eventMethods } from './event-methods.js'
import { fileMethods } from './file-methods.js'
import { guestMethods } from './guest-methods.js'
import type { Handlers } from './handler.js'
import { machineMethods } from './machine-methods.js'
import { otherMethods } from './other-methods.js'
import { ovfMethods } from './ovf-methods.js'
import { performanceMethods } from './performance-methods.js'
import { powerMethods } from './power-methods.js'
import { provisionMethods } from './provision-methods.js'
import { registerMethods } from './register-methods.js'
import { searchMethods } from './search-methods.js'
import { sessionMethods } from './session-methods.js'
import { snapshotMethods } from './snapshot-methods.js'
import { viewMethods } from './view-methods.js'

/** Every method that is modelled. */
export const allMethods: Handlers = {
  ...sessionMethods,
  ...collectorMethods,
  ...viewMethods,
  ...searchMethods,
  ...provisionMethods,
  ...registerMethods,
  ...customizeMethods,
  ...powerMethods,
  ...machineMethods,
  ...snapshotMethods,
  ...eventMethods,
  ...fileMethods,
  ...guestMethods,
  ...performanceMethods,
  ...ovfMethods,
  ...otherMethods,
}
