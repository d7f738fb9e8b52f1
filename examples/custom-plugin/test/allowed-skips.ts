import type { AllowedSkips } from '@dcm/core/conformance'

const noFacets = 'a Pebble has no facets'
const plainHttp = 'a Pebble speaks plain HTTP on loopback: there is no certificate'
const newIds = 'the appliance gives ids itself and never twice'

/** What a Pebble cannot have, each with its reason. The kit fails on any other skip, and on one of these that runs. */
export const allowedSkips: AllowedSkips = {
  4: noFacets,
  14: plainHttp,
  15: 'tokens do not expire: there are no sessions',
  26: 'the one host of an appliance is the appliance',
  33: 'the one host of an appliance is the only place there is',
  35: newIds,
  42: newIds,
  53: 'every VM has a power button, so each can be asked; a guest that does not listen is check 54',
  56: 'the appliance knows no locks',
  62: newIds,
  68: 'its tasks know no warnings',
  72: 'it does not tell its time: waits go by the clock of this side',
  73: 'it customises no guests, so no secret can stand in a specification',
  75: noFacets,
  76: noFacets,
  77: noFacets,
  78: noFacets,
  79: noFacets,
  80: noFacets,
}
