import { describeHypervisorConformance } from '@dcm/core/conformance'
import { remoteMemory } from '@dcm/core/memory'
import { allowedSkips } from './allowed-skips.js'
import * as harness from './harness.js'

describeHypervisorConformance({
  name: 'memory',
  harness,
  facets: remoteMemory.facets,
  allowedSkips,
  reportTo: '.cache/reports/conformance',
})
