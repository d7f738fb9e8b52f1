import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ProxmoxError } from './error.js'
import { clean, readError } from './read-error.js'

const answer = { status: 500, reason: '', body: '', host: 'pve1:8006', operation: 'POST /pools' }

describe('readError', () => {
  it('takes the JSON message first, all its lines, without the line break at its end', () => {
    const error = readError({ ...answer, reason: 'first', body: '{"data":null,"message":"first\\nsecond\\n"}' })
    expect(error.message).toBe('POST /pools: first\nsecond')
    expect(error.reason).toBe('first')
  })

  it('takes the reason phrase of releases that send no message', () => {
    const error = readError({ ...answer, reason: 'VM is locked (clone)', body: '{"data":null}' })
    expect(error).toMatchObject({ kind: 'locked', retryable: true, outcome: 'failed' })
    expect(error.message).toContain('VM is locked (clone)')
  })

  it('takes a plain body without its Perl tail when there is nothing else', () => {
    const body =
      "wrong field name 'file' for file upload, expected 'filename' at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 1325.\n"
    expect(readError({ ...answer, body }).message).toBe(
      "POST /pools: wrong field name 'file' for file upload, expected 'filename'",
    )
  })

  it('lists refused parameters', () => {
    const body =
      '{"data":null,"message":"Parameter verification failed.\\n","errors":{"cores":"value must have a minimum value of 1"}}'
    const error = readError({ ...answer, status: 400, reason: 'Parameter verification failed.', body })
    expect(error).toMatchObject({
      kind: 'validation',
      outcome: 'not-started',
      errors: { cores: 'value must have a minimum value of 1' },
    })
    expect(error.message).toBe(
      'POST /pools: Parameter verification failed. cores: value must have a minimum value of 1',
    )
  })

  it('names path and privileges of a refused permission', () => {
    const body = '{"message":"Permission check failed (/vms/100, VM.Audit|VM.Config.Disk)\\n","data":null}'
    const error = readError({ ...answer, status: 403, body })
    expect(error).toMatchObject({
      kind: 'permission-denied',
      path: '/vms/100',
      privileges: ['VM.Audit', 'VM.Config.Disk'],
    })
  })

  it('knows a 403 that names no path', () => {
    const error = readError({ ...answer, status: 403, body: '{"data":null,"message":"Permission check failed\\n"}' })
    expect(error.kind).toBe('permission-denied')
    expect(error.path).toBeUndefined()
  })

  it.each([
    [595, 'POST /x', 'not-started', true],
    [596, 'POST /x', 'unknown', false],
    [596, 'GET /x', 'not-started', true],
    [599, 'POST /x', 'unknown', false],
    [504, 'POST /x', 'unknown', false],
    [502, 'GET /x', 'not-started', true],
  ])('status %i of %s: outcome %s, retryable %s', (status, operation, outcome, retryable) => {
    expect(readError({ ...answer, status, operation, reason: 'Connection timed out' })).toMatchObject({
      outcome,
      retryable,
    })
  })

  it('says which host failed when the node behind ours does not answer', () => {
    const error = readError({
      ...answer,
      status: 596,
      reason: 'tls_process_server_certificate: certificate verify failed',
      node: 'pve2',
    })
    expect(error.kind).toBe('node-unreachable')
    expect(error.message).toContain(
      "pve1:8006 answers but cannot reach node 'pve2' (596 tls_process_server_certificate",
    )
  })

  it.each([
    [501, "Method 'GET /nope' not implemented", 'unsupported'],
    [501, 'for data too large', 'validation'],
    [506, "upload 'Content-Type 'text/plain' not implemented", 'protocol'],
    [301, 'Moved Permanently', 'protocol'],
    [401, 'No ticket', 'unauthenticated'],
  ])('%i %s is %s', (status, reason, kind) => {
    expect(readError({ ...answer, status, reason }).kind).toBe(kind)
  })

  it('removes secrets that the platform echoes, raw and encoded', () => {
    const body =
      '{"errors":{"cipassword":"bad value hunter2 9","x":"hunter2%209"},"message":"got hunter2 9","data":null}'
    const error = readError({ ...answer, status: 400, reason: 'got hunter2 9', body, secrets: ['hunter2 9'] })
    expect(inspect(error) + JSON.stringify(error) + error.message).not.toContain('hunter2')
  })

  it('keeps a parameter that is named __proto__ as data', () => {
    const error = readError({ ...answer, status: 400, body: '{"errors":{"__proto__":"no"},"data":null}' })
    expect(Object.keys(error.errors ?? {})).toEqual(['__proto__'])
    expect(({} as { no?: string }).no).toBeUndefined()
  })

  it('reads any answer without throwing, and never prints a secret', () => {
    const secret = 'S3cr3t-value'
    fc.assert(
      fc.property(
        fc.integer({ min: 300, max: 599 }),
        fc.string(),
        fc.oneof(fc.string(), fc.json()),
        (status, reason, body) => {
          const error = readError({
            ...answer,
            status,
            reason: `${reason}${secret}`,
            body: `${body}${secret}`,
            secrets: [secret],
          })
          expect(ProxmoxError.isInstance(error)).toBe(true)
          expect(inspect(error)).not.toContain(secret)
          expect(JSON.stringify(error)).not.toContain(secret)
        },
      ),
    )
  })
})

describe('clean', () => {
  it.each([
    ['boom at /usr/share/perl5/PVE/X.pm line 934.\n', 'boom'],
    ['boom at /x.pm line 3, <GEN12> line 7.', 'boom'],
    ['meet me at noon', 'meet me at noon'],
  ])('%j', (text, expected) => {
    expect(clean(text)).toBe(expected)
  })
})
