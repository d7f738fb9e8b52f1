// Runs all checks one after the other and counts: each test counts, each other check counts as one.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const reports = `${root}.cache/reports`
const recordings = process.env.DCM_RECORDINGS ?? fileURLToPath(new URL('../shared/recordings', `file://${root}`))
const env = {
  ...process.env,
  DCM_TEST_SETUP: '1',
  DCM_REQUIRE_OUTSIDE: '1',
  DCM_MODEL_RUNS: process.env.DCM_MODEL_RUNS ?? 'thorough',
  ...(existsSync(recordings) && { DCM_REQUIRE_RECORDINGS: '1' }),
}
const count = { passed: 0, failed: 0, skipped: 0 }
const failures = []
let unsteady = []

function run(command, args, extra = {}) {
  console.log(`\n--- ${command} ${args.join(' ')}`)
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...env, ...extra },
  })
  return status === 0
}

function check(name, command, args, extra) {
  const started = Date.now()
  const good = run(command, args, extra)
  count[good ? 'passed' : 'failed'] += 1
  if (!good) failures.push(name)
  console.log(`${good ? 'ok' : 'FAILED'}: ${name} (${Math.round((Date.now() - started) / 1000)} s)`)
}

function tests() {
  mkdirSync(reports, { recursive: true })
  const report = `${reports}/tests.json`
  const args = ['--coverage', '--retry=1', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const good = run('npm', ['test', '--', ...args])
  if (!existsSync(report)) {
    count.failed += 1
    failures.push('tests (no report was written)')
    return
  }
  const results = JSON.parse(readFileSync(report, 'utf8'))
  count.passed += results.numPassedTests
  count.failed += results.numFailedTests
  count.skipped += results.numPendingTests + results.numTodoTests
  unsteady = unsteadyTests(results)
  if (good) return
  if (results.numFailedTests === 0) count.failed += 1
  const found = failedTests(results)
  failures.push(
    ...(found.length > 0 ? found : ['tests (none of them by itself: an error outside a test, or coverage)']),
  )
}

/** What failed, told again at the very end: a log is often kept only from there. */
function failedTests({ testResults }) {
  return testResults
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name, message, assertionResults }) => {
      const failed = assertionResults.filter(({ status }) => status === 'failed')
      if (failed.length === 0) return [failureLine(name, 'the file itself', message)]
      return failed.map(({ fullName, failureMessages }) => failureLine(name, fullName, failureMessages[0]))
    })
}

/** What failed at first and passed when it was repeated: a mistake in the test or in the product, but no reason to stop. */
function unsteadyTests({ testResults }) {
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status, failureMessages }) => status === 'passed' && failureMessages.length > 0)
      .map(({ fullName, failureMessages }) => failureLine(name, fullName, failureMessages[0])),
  )
}

function failureLine(file, test, message) {
  return `${file.replace(root, '')}: ${test}: ${abbreviate(message)}`
}

function abbreviate(message = '') {
  return message.split('\n').slice(0, 12).join('\n    ')
}

const pnpm = (...args) => ['node', ['scripts/pnpm.mjs', ...args]]

tests()
env.DCM_TEST_SETUP = ''
check('lint', ...pnpm('lint'))
check('types', ...pnpm('typecheck'))
check('generated code is up to date', ...pnpm('generate', '--check'))
check('build with declarations', ...pnpm('build:types'))
check('packages: publint', ...pnpm('check:publint'))
check('packages: are the types wrong', ...pnpm('check:attw'))
check('unused files, exports and dependencies', ...pnpm('check:knip'))
check('budgets', ...pnpm('budgets'))
check('a changeset is there', ...pnpm('check:changeset'))
check('quickstart', 'npm', ['start'])

if (unsteady.length > 0) console.log(`\nUnsteady, passed only when repeated:\n  ${unsteady.join('\n  ')}`)
if (failures.length > 0) console.log(`\nFailed:\n  ${failures.join('\n  ')}`)
console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
process.exitCode = count.failed > 0 ? 1 : 0
