export { allChecks } from './all-checks.js'
export { type Check, type CheckContext, type CheckGroup, skipCheck } from './check.js'
export type {
  AllowedSkips,
  ConformanceHarness,
  ConnectRequest,
  FaultSwitches,
  HarnessModule,
  NativeVm,
  RequestCounts,
  Scenario,
} from './harness.js'
export { registryOptionsFor } from './registry-options.js'
export { type ConformanceReport, markdownOf, reportOf, writeReport } from './report.js'
export { type CheckResult, numbersOf, type RunOptions, runCheck, runChecks } from './run-checks.js'
