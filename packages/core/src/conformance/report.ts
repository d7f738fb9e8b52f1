import type { CheckResult } from './run-checks.js'

/** What a run of the kit found, for machines. */
export interface ConformanceReport {
  readonly name: string
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly results: readonly CheckResult[]
}

export function reportOf(name: string, results: readonly CheckResult[]): ConformanceReport {
  const count = (status: CheckResult['status']) => results.filter((result) => result.status === status).length
  const sorted = results.toSorted((left, right) => left.number - right.number)
  return { name, passed: count('passed'), failed: count('failed'), skipped: count('skipped'), results: sorted }
}

/** The report as a Markdown table, for people. */
export function markdownOf(report: ConformanceReport): string {
  const { name, passed, failed, skipped, results } = report
  const rows = results.map(({ number, group, title, status, reason }) => {
    const cells = [String(number), group, title, reason === undefined ? status : `${status}: ${reason}`]
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  })
  return [
    `# Conformance of ${name}`,
    '',
    `${passed} passed, ${failed} failed, ${skipped} skipped.`,
    '',
    '| # | group | check | result |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
