import { describeHypervisorConformance } from '@dcm/core/conformance'
import { pebble } from '../src/index.js'
import { allowedSkips } from './allowed-skips.js'
import * as harness from './harness.js'

describeHypervisorConformance({ name: 'pebble', harness, facets: pebble.facets, allowedSkips })
