import { describeHypervisorConformance } from '@dcm/core/conformance'
import { proxmox } from '@dcm/proxmox'
import { allowedSkips } from './allowed-skips.js'
import * as harness from './harness.js'

describeHypervisorConformance({
  name: 'proxmox',
  harness,
  facets: proxmox.facets,
  allowedSkips,
  reportTo: '.cache/reports/conformance',
})
