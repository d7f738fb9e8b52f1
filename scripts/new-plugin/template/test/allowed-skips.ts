import type { AllowedSkips } from '@dcm/core/conformance'

/** Checks that this platform cannot have, each with its reason. */
export const allowedSkips: AllowedSkips = {}
