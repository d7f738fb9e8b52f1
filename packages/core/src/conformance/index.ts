export { allChecks } from './all-checks.js'
export type { Check, CheckContext, CheckGroup } from './check.js'
export { describeHypervisorConformance } from './describe.js'
export type {
  ConformanceHarness,
  ConformanceOptions,
  ConnectRequest,
  FaultSwitches,
  HarnessModule,
  NativeVm,
  RequestCounts,
  Scenario,
} from './harness.js'
export { type ConformanceReport, markdownOf, reportOf } from './report.js'
export { type CheckResult, runCheck } from './run-checks.js'
