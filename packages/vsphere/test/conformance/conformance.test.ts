import { describeHypervisorConformance } from '@dcm/core/conformance'
import { vsphere } from '@dcm/vsphere'
import { allowedSkips } from './allowed-skips.js'
import * as harness from './harness.js'

describeHypervisorConformance({
  name: 'vsphere',
  harness,
  facets: vsphere.facets,
  allowedSkips,
  reportTo: '.cache/reports/conformance',
})
