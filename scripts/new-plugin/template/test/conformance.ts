import { describeHypervisorConformance } from '@dcm/core/conformance'
import { acme } from '../src/index.js'
import { allowedSkips } from './allowed-skips.js'
import * as harness from './harness.js'

describeHypervisorConformance({ name: 'acme', harness, facets: acme.facets, allowedSkips })
