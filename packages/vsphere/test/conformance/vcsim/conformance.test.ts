import { describeHypervisorConformance } from '@dcm/core/conformance'
import { vsphere } from '@dcm/vsphere'
import { describe } from 'vitest'
import { findVcsim } from '../../vcsim/start-vcsim.js'
import { allowedSkips } from './allowed-skips.js'
import * as harness from './harness.js'

const binary = await findVcsim()

describe.skipIf(binary === undefined)('vcsim', () => {
  describeHypervisorConformance({
    name: 'vsphere-vcsim',
    harness,
    facets: vsphere.facets,
    allowedSkips,
    reportTo: '.cache/reports/conformance',
  })
})
