import type { AllowedSkips } from '@dcm/core/conformance/run'

/** What the in-memory hypervisor cannot be asked, and why. */
export const allowedSkips: AllowedSkips = {
  14: 'it is served over plain HTTP on loopback: there is no certificate to distrust',
}
