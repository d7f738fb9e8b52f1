import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
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

/** Writes `<name>.json` and `<name>.md` into the folder, which is made where it is missing. */
export async function writeReport(report: ConformanceReport, folder: string): Promise<void> {
  const file = report.name.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, `${file}.json`), `${JSON.stringify(report, null, 2)}\n`)
  await writeFile(join(folder, `${file}.md`), markdownOf(report))
}
