export { describeHypervisorConformance } from './describe.js'
export type { AllowedSkips, ConformanceOptions, HarnessModule } from './harness.js'
