import { guidance } from './guidance.js'
import type { AllowedSkips } from './harness.js'
import type { CheckResult } from './run-checks.js'

/** What is wrong with a result, if anything: a failure, a skip that nobody explained, or an explained skip that ran. */
export function verdictOn(result: CheckResult, allowedSkips: AllowedSkips): string | undefined {
  const { number, title, status, reason = '' } = result
  const allowed = Object.hasOwn(allowedSkips, number)
  if (status === 'failed') {
    return [
      reason,
      `check ${number}: ${title}`,
      `hint: ${guidance[number]}`,
      `more: docs/conformance.md, '${headingOf(result)}'`,
    ].join('\n')
  }
  if (status === 'skipped' && !allowed) {
    return `check ${number} was skipped (${reason}), and the allowed skips do not explain it: give the harness what is missing, or list the check with the reason why this platform cannot have it`
  }
  if (status === 'passed' && allowed) return `check ${number} runs and passes: take it out of the allowed skips`
  return undefined
}

/** The heading that a check has in docs/conformance.md. */
export function headingOf({ number, group }: Pick<CheckResult, 'number' | 'group'>): string {
  return `${number} ${group}`
}
