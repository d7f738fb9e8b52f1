import { assert, assertEqual, failure, value } from '../assert.js'
import type { Check } from '../check.js'

const group = 'connection'

export const connectionChecks: readonly Check[] = [
  {
    number: 10,
    group,
    title: 'good credentials: product, version and identity',
    async run({ connect, capabilities }) {
      const port = await connect()
      const report = value(await port.testConnection(), 'testConnection')
      assert(report.product.length > 0, 'a product', report)
      assert(/\d/.test(report.version), 'a version with a number', report.version)
      const { platformIdentity } = await capabilities()
      assertEqual(report.platformIdentity, platformIdentity, 'platform identity')
      assert(platformIdentity.length > 0, 'an identity', platformIdentity)
    },
  },
  {
    number: 11,
    group,
    title: 'a wrong password: UNAUTHENTICATED, not retryable, one attempt',
    async run({ connect, need }) {
      const counts = need('counts')
      await need('resetCounts')()
      const port = await connect({ credentials: 'wrong' })
      const error = failure(await port.testConnection(), 'testConnection', 'UNAUTHENTICATED')
      assertEqual(error.retryable, false, 'retryable')
      assertEqual((await counts()).logins, 1, 'login attempts')
    },
  },
  {
    number: 12,
    group,
    title: 'missing rights: PERMISSION_DENIED naming what is missing',
    async run({ connect }) {
      const port = await connect({ credentials: 'rightless' })
      const error = failure(await port.testConnection(), 'testConnection', 'PERMISSION_DENIED')
      assert(error.details.missing.length > 0, 'the missing privileges are listed', error.details)
    },
  },
  {
    number: 13,
    group,
    title: 'nobody there: UNAVAILABLE, retryable, in time',
    async run({ connect }) {
      const port = await connect({ target: 'nobody' })
      const started = performance.now()
      const error = failure(await port.testConnection({ timeoutMs: 10_000 }), 'testConnection', 'UNAVAILABLE')
      assertEqual(error.retryable, true, 'retryable')
      assert(
        performance.now() - started < 20_000,
        'an answer soon after the time given (10,000 ms)',
        `one after ${Math.round(performance.now() - started)} ms`,
      )
    },
  },
  {
    number: 14,
    group,
    title: 'an untrusted server or a wrong pin is refused before anything is sent, unless opted for',
    async run({ connect, need, harness }) {
      const counts = need('counts')
      for (const trust of ['untrusted', 'wrong-pin'] as const) {
        await need('resetCounts')()
        const port = await connect({ trust })
        const error = failure(await port.testConnection(), trust, 'TLS_UNTRUSTED')
        assertEqual(error.retryable, false, 'retryable')
        assertEqual((await counts()).requests, 0, `requests seen with trust '${trust}'`)
      }
      if (!harness.scenario.canOptForUntrusted) return
      const opted = await connect({ trust: 'opted' })
      const report = value(await opted.testConnection(), 'testConnection of an untrusted server that was opted for')
      assertEqual(report.trust, 'untrusted', 'the trust that the report tells')
    },
  },
  {
    number: 15,
    group,
    title: 'an expired session: one silent re-login, also for ten calls at once',
    async run({ connect, fault, need }) {
      const expire = fault('expireSessions')
      const counts = need('counts')
      const port = await connect()
      value(await port.listVms(), 'listVms')
      await expire()
      await need('resetCounts')()
      const answers = await Promise.all(Array.from({ length: 10 }, () => port.listVms()))
      for (const answer of answers) value(answer, 'listVms after expiry')
      assertEqual((await counts()).logins, 1, 'logins for ten calls')
    },
  },
  {
    number: 16,
    group,
    title: 'abort before and during a call: CANCELLED, promptly',
    async run({ connect, fault }) {
      const port = await connect()
      const aborted = AbortSignal.abort()
      failure(await port.listVms({}, { signal: aborted }), 'aborted before', 'CANCELLED')
      await fault('stall')()
      const controller = new AbortController()
      const started = performance.now()
      const running = port.listVms({}, { signal: controller.signal, timeoutMs: 40_000 })
      setTimeout(() => controller.abort(), 50)
      failure(await running, 'aborted during', 'CANCELLED')
      assert(
        performance.now() - started < 20_000,
        'an end soon after the abort',
        `one after ${Math.round(performance.now() - started)} ms`,
      )
    },
  },
  {
    number: 17,
    group,
    title: 'garbage: PROTOCOL with an excerpt',
    async run({ connect, fault }) {
      const port = await connect()
      value(await port.listVms(), 'listVms')
      await fault('garbage')()
      const error = failure(await port.listVms(), 'garbage', 'PROTOCOL')
      assert((error.details.excerpt ?? '').length > 0, 'details with an excerpt of what was answered', error.details)
    },
  },
  {
    number: 18,
    group,
    title: 'a body that never ends: TIMEOUT with its outcome',
    async run({ connect, fault }) {
      const port = await connect()
      value(await port.listVms(), 'listVms')
      await fault('stall')()
      const error = failure(await port.listVms({}, { timeoutMs: 500 }), 'slow body', 'TIMEOUT')
      assert(['not-started', 'unknown', 'failed'].includes(error.outcome), 'an outcome', error.outcome)
    },
  },
]
