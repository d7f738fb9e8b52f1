import type { AllowedSkips } from '@dcm/core/conformance/run'

/** What Proxmox VE cannot be asked, and why. */
export const allowedSkips: AllowedSkips = {
  4: 'it offers no facet yet',
  75: 'it offers no facet yet',
  76: 'it offers no facet yet',
  77: 'it offers no facet yet',
  78: 'it offers no facet yet',
  79: 'it offers no facet yet',
  80: 'it offers no facet yet',
}
