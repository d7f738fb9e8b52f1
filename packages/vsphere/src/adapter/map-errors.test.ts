import { HypervisorError } from '@dcm/core'
import { expect, it } from 'vitest'
import { VsphereError, type VsphereErrorKind } from '../client/error.js'
import { mapError } from './map-errors.js'

const context = { endpoint: 'lab', principal: 'ops@vsphere.local', operation: 'getVm', resource: 'x' }

function mapped(
  kind: VsphereErrorKind,
  more: Partial<ConstructorParameters<typeof VsphereError>[0]> = {},
): HypervisorError | undefined {
  const error = new VsphereError({ kind, message: 'it failed', outcome: 'failed', retryable: false, ...more })
  return mapError(error, context)
}

const codes: Readonly<Record<VsphereErrorKind, string>> = {
  validation: 'INVALID_ARGUMENT',
  unauthenticated: 'UNAUTHENTICATED',
  'permission-denied': 'PERMISSION_DENIED',
  'not-found': 'NOT_FOUND',
  'already-exists': 'ALREADY_EXISTS',
  conflict: 'CONFLICT',
  'failed-precondition': 'FAILED_PRECONDITION',
  'resource-exhausted': 'RESOURCE_EXHAUSTED',
  unsupported: 'UNSUPPORTED',
  cancelled: 'CANCELLED',
  unreachable: 'UNAVAILABLE',
  'tls-untrusted': 'TLS_UNTRUSTED',
  timeout: 'TIMEOUT',
  aborted: 'CANCELLED',
  closed: 'FAILED_PRECONDITION',
  protocol: 'PROTOCOL',
  'task-lost': 'INTERNAL',
  internal: 'INTERNAL',
}

it.each(Object.entries(codes))('%s is %s', (kind, code) => {
  const error = mapped(kind as VsphereErrorKind) // a key of the table
  expect(error).toMatchObject({ code, endpoint: 'lab', operation: 'getVm', resource: 'x', outcome: 'failed' })
})

it('names the privilege and who lacks it', () => {
  const error = mapped('permission-denied', { privilege: 'VirtualMachine.Interact.PowerOn' })
  expect(error?.details).toEqual({ missing: [{ privilege: 'VirtualMachine.Interact.PowerOn' }] })
  expect(error?.message).toContain('ops@vsphere.local')
})

it('tells what only the chain of causes says', () => {
  const causes = [{ name: 'VmConfigFault', messages: ['the controller is full'] }]
  expect(mapped('validation', { causes })?.message).toBe('it failed: the controller is full')
})

it('shows the certificate that was presented', () => {
  const presented = Array.from({ length: 32 }, () => 'AB').join(':')
  const error = mapped('tls-untrusted', { message: `not trusted: ${presented}`, host: 'vc:443' })
  expect(error?.details).toEqual({ host: 'vc:443', presentedFingerprint256: presented })
})

it('tells a changed configuration from a held lock', () => {
  expect(mapped('conflict', { faultNames: ['ConcurrentAccess', 'VimFault'] })?.details).toEqual({ reason: 'stale' })
  expect(mapped('conflict', { faultNames: ['TaskInProgress'] })?.details).toEqual({ reason: 'locked' })
})

it('knows the errors of client and transport alone', () => {
  for (const other of [
    new HypervisorError('NOT_FOUND', 'gone'),
    new TypeError('x'),
    new DOMException('x', 'AbortError'),
  ]) {
    expect(mapError(other, context)).toBeUndefined()
  }
})
