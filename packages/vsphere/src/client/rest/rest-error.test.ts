import { describe, expect, it } from 'vitest'
import { readFailedResult, readRestError } from './rest-error.js'

const host = 'vc:443'
const operation = 'POST /x'

describe('an error of the services', () => {
  it.each([
    ['the newer form', { error_type: 'RESOURCE_BUSY', messages: [{ id: 'a', default_message: 'busy', args: [] }] }],
    [
      'the older form',
      { type: 'com.vmware.vapi.std.errors.resource_busy', value: { messages: [{ default_message: 'busy' }] } },
    ],
  ])('is read by its type in %s', (_form, body) => {
    const error = readRestError({ host, operation, status: 500, body, read: false })
    const causes = [{ name: 'RESOURCE_BUSY', messages: ['busy'] }]
    expect(error).toMatchObject({ kind: 'conflict', retryable: true, outcome: 'not-started', causes })
    expect(error.message).toBe('POST /x: busy')
  })

  it.each([
    [403, false, 'permission-denied', 'not-started'],
    [500, false, 'internal', 'unknown'],
    [502, false, 'unreachable', 'unknown'],
    [502, true, 'unreachable', 'not-started'],
    [503, false, 'unreachable', 'not-started'],
    [418, false, 'protocol', 'not-started'],
  ])('without a type is known by its status %i (a read: %s)', (status, read, kind, outcome) => {
    expect(readRestError({ host, operation, status, body: undefined, read })).toMatchObject({ kind, outcome })
  })
})

describe('a result that tells of failures', () => {
  const message = { id: 'm', default_message: 'no space', args: [] }

  it.each([
    ['a batch', { success: false, error_messages: [message] }, ['no space']],
    ['a deployment', { succeeded: false, error: { errors: [{ category: 'SERVER', message }] } }, ['no space']],
    ['a nested error', { succeeded: false, error: { errors: [{ error: { messages: [message] } }] } }, ['no space']],
    ['issues', { succeeded: false, error: { errors: [{ issues: [{ category: 'X', message }] }] } }, ['no space']],
    ['no word', { succeeded: false, error: { errors: [{}, { message: {} }, null] } }, []],
  ])('is an error with every text: %s', (_what, result, messages) => {
    expect(readFailedResult({ host, operation, status: 200 }, result)?.causes).toEqual([{ name: 'ERROR', messages }])
  })

  it.each([undefined, null, 'id', [], { succeeded: true, error: { warnings: [{}] } }, { success: true }])(
    'is none where it succeeded: %j',
    (result) => expect(readFailedResult({ host, operation, status: 200 }, result)).toBeUndefined(),
  )
})
