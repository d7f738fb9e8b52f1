import { HypervisorError } from '@dcm/core'
import { WireError } from '@dcm/wire'
import { describe, expect, it } from 'vitest'
import { ProxmoxError, type ProxmoxErrorKind } from '../client/error.js'
import { mapError } from './map-errors.js'

const context = {
  endpoint: 'lab',
  principal: 'dcm@pve!ci',
  credentials: 'token',
  operation: 'getVm',
  resource: '100',
} as const
const proxmox = (kind: ProxmoxErrorKind, more: Partial<ConstructorParameters<typeof ProxmoxError>[0]> = {}) =>
  new ProxmoxError({
    kind,
    message: 'GET /x: text',
    outcome: 'not-started',
    retryable: false,
    host: 'pve1:8006',
    ...more,
  })

const table: Readonly<Record<ProxmoxErrorKind, string>> = {
  validation: 'INVALID_ARGUMENT',
  unauthenticated: 'UNAUTHENTICATED',
  'tfa-required': 'UNAUTHENTICATED',
  'permission-denied': 'PERMISSION_DENIED',
  'not-found': 'NOT_FOUND',
  'already-exists': 'ALREADY_EXISTS',
  locked: 'CONFLICT',
  'lock-timeout': 'CONFLICT',
  'digest-mismatch': 'CONFLICT',
  'failed-precondition': 'FAILED_PRECONDITION',
  'agent-unavailable': 'FAILED_PRECONDITION',
  'resource-exhausted': 'RESOURCE_EXHAUSTED',
  unsupported: 'UNSUPPORTED',
  'node-unreachable': 'UNAVAILABLE',
  unreachable: 'UNAVAILABLE',
  'tls-untrusted': 'TLS_UNTRUSTED',
  timeout: 'TIMEOUT',
  aborted: 'CANCELLED',
  closed: 'FAILED_PRECONDITION',
  protocol: 'PROTOCOL',
  'task-failed': 'INTERNAL',
  'task-lost': 'INTERNAL',
  internal: 'INTERNAL',
}

describe('errors of the client', () => {
  it.each(Object.entries(table))('%s is %s', (kind, code) => {
    // Object.entries forgets that the keys are kinds.
    const error = mapError(proxmox(kind as ProxmoxErrorKind, { outcome: 'failed', status: 500 }), context)
    expect(error).toMatchObject({ code, endpoint: 'lab', operation: 'getVm', resource: '100', outcome: 'failed' })
    expect(error?.native).toMatchObject({ code: kind, status: 500 })
  })

  it('tell what the platform refused', () => {
    const refused = proxmox('validation', { errors: { net0: 'invalid format' } })
    expect(mapError(refused, context)).toMatchObject({
      details: { problems: [{ path: 'net0', message: 'invalid format' }] },
    })
    const denied = proxmox('permission-denied', { path: '/vms/100', privileges: ['VM.Clone', 'VM.Allocate'] })
    const error = mapError(denied, context)
    expect(error).toMatchObject({
      details: {
        missing: [
          { privilege: 'VM.Clone', on: '/vms/100' },
          { privilege: 'VM.Allocate', on: '/vms/100' },
        ],
      },
    })
    expect(error?.message).toMatch(/VM\.Clone or VM\.Allocate on \/vms\/100.*privilege separation/)
  })

  it('name the lock, the node behind, and the fingerprint presented', () => {
    const lock = proxmox('locked', { message: 'POST /x: VM is locked (snapshot-delete)' })
    expect(mapError(lock, context)).toMatchObject({
      retryable: true,
      details: { reason: 'locked', lock: 'snapshot-delete' },
    })
    expect(mapError(proxmox('node-unreachable', { node: 'pve7' }), context)).toMatchObject({
      retryable: true,
      details: { host: 'pve7' },
    })
    const print = Array.from({ length: 32 }, (_, index) => index.toString(16).padStart(2, '0').toUpperCase()).join(':')
    expect(mapError(proxmox('tls-untrusted', { message: `pin ${print}` }), context)).toMatchObject({
      retryable: false,
      details: { presentedFingerprint256: print },
    })
  })
})

describe('other errors', () => {
  it('of the transport keep what is known of the outcome', () => {
    const base = { message: 'm', retryable: true, host: 'pve1:8006' } as const
    const lost = new WireError({ ...base, kind: 'reset', outcome: 'unknown' })
    expect(mapError(lost, context)).toMatchObject({ code: 'UNAVAILABLE', outcome: 'unknown' })
    const pin = new WireError({ ...base, kind: 'tls-pin', outcome: 'not-sent', retryable: false })
    expect(mapError(pin, context)).toMatchObject({ code: 'TLS_UNTRUSTED', outcome: 'not-started' })
  })

  it('are left to core', () => {
    for (const other of [
      new HypervisorError('NOT_FOUND', 'no'),
      new TypeError('x'),
      new DOMException('x', 'AbortError'),
    ]) {
      expect(mapError(other, context)).toBeUndefined()
    }
  })
})
