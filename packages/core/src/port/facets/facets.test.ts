import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { AdapterFacetOf } from '../../model/facets/facets.js'
import type { AuditEvent } from '../../observe/events.js'
import type { OperationHandle } from '../../operations/handle.js'
import { unwrap } from '../../result.js'
import { Secret } from '../../secrets/secret.js'
import { connectFake, errorOf } from '../../testing/connect-fake.js'
import { fakeCapabilities } from '../../testing/fake-platform.js'
import type { FacetHost } from './wrap-facet.js'
import { wrapFacet } from './wrap-facet.js'

const ref = { endpoint: 'lab', id: '1' }

async function connect() {
  const events: AuditEvent[] = []
  const { port, native } = await connectFake({ audit: (event) => events.push(event) })
  native.capabilities = { ...fakeCapabilities, facets: ['snapshots', 'console'] }
  const snapshots = unwrap(await port.facet('snapshots'))
  const console = unwrap(await port.facet('console'))
  native.calls.length = 0
  return { port, native, snapshots, console, events }
}

describe('changes of a facet', () => {
  it('are operations: accepted at once, waited for, audited with their kind', async () => {
    const { snapshots, events } = await connect()
    const operation = unwrap(await snapshots.create({ ref, name: 'before' }, { actor: 'eve' }))
    expect(operation.kind).toBe('snapshots.create')
    expect(unwrap(await operation.wait())).toEqual({ id: '1', name: 'before', memory: false })
    expect(unwrap(await snapshots.list({ ref })).snapshots).toHaveLength(1)
    expect(events).toMatchObject([
      { action: 'snapshots.create', outcome: 'accepted', target: '1', parameters: { name: 'before' }, actor: 'eve' },
      { action: 'snapshots.create', outcome: 'succeeded', operationId: operation.id },
    ])
  })

  it('are resumed and advanced from their handle, as any other', async () => {
    const { port, snapshots } = await connect()
    const handles: OperationHandle[] = []
    unwrap(await snapshots.create({ ref, name: 'a' }, { onCheckpoint: (handle) => void handles.push(handle) }))
    expect(handles.map(({ cursor }) => cursor.stage)).toEqual(['intent', 'accepted'])
    const stored: OperationHandle<'snapshots.create'> = JSON.parse(JSON.stringify(handles[1]))
    const resumed = unwrap(await port.resumeOperation(stored))
    expect(unwrap(await resumed.wait())).toMatchObject({ name: 'a' })
    expect(unwrap(await port.advanceOperation(resumed.handle))).toMatchObject({ status: 'succeeded' })
  })

  it('are refused with everything that is wrong, before any call', async () => {
    const { snapshots, native, events } = await connect()
    const wrong = { ref: { endpoint: 'other', id: '1' }, name: '', memory: 'yes', colour: 'red' }
    // Wrong by type: an input may come from outside.
    const error = errorOf(await snapshots.create(wrong as unknown as Parameters<typeof snapshots.create>[0]))
    if (error.code !== 'INVALID_ARGUMENT') throw error
    expect(error.details.problems.map(({ path }) => path)).toEqual(['colour', 'ref', 'name', 'memory'])
    expect(error.operation).toBe('snapshots.create')
    expect(native.calls).toEqual([])
    expect(events).toMatchObject([{ action: 'snapshots.create', outcome: 'refused', code: 'INVALID_ARGUMENT' }])
  })

  it('end with UNSUPPORTED where the plugin does not know their kind', async () => {
    const { port, snapshots } = await connect()
    const { handle } = unwrap(await snapshots.create({ ref, name: 'a' }))
    const strange = { ...handle, kind: 'disks.grow' } as const
    const error = errorOf(await port.advanceOperation(strange))
    expect(error).toMatchObject({ code: 'UNSUPPORTED', details: { feature: 'disks.grow' } })
  })
})

describe('reads of a facet', () => {
  it('answer results with endpoint and operation', async () => {
    const { snapshots, native } = await connect()
    native.before = async () => {
      throw new TypeError('oops')
    }
    const error = errorOf(await snapshots.list({ ref }))
    expect(error).toMatchObject({ code: 'INTERNAL', endpoint: 'lab', operation: 'snapshots.list' })
  })

  it('end in time', async () => {
    const { snapshots, native } = await connect()
    native.before = () => new Promise(() => {})
    expect(errorOf(await snapshots.list({ ref }, { timeoutMs: 20 })).code).toBe('TIMEOUT')
  })

  it('are audited where they open something, and print no secret', async () => {
    const { console, events } = await connect()
    const ticket = unwrap(await console.open({ ref, kind: 'screen' }, { actor: 'eve' }))
    expect(ticket.secret).toBeInstanceOf(Secret)
    expect(ticket.secret.reveal()).toBe('ticket-of-one-use')
    expect(inspect(ticket) + JSON.stringify(ticket)).not.toContain('ticket-of-one-use')
    const asked = { action: 'console.open', target: '1', parameters: { kind: 'screen' }, actor: 'eve' }
    expect(events).toMatchObject([{ ...asked, outcome: 'succeeded' }])
    // Wrong by type.
    errorOf(await console.open({ ref, kind: 'x' } as unknown as { ref: typeof ref; kind: 'screen' }))
    expect(events[1]).toMatchObject({ action: 'console.open', outcome: 'refused', code: 'INVALID_ARGUMENT' })
  })
})

describe('a facet that lacks a method', () => {
  it('is a defect of the adapter', () => {
    // A facet with a hole, which the compiler would not let pass.
    const half = { list: async () => ({ snapshots: [] }) } as unknown as AdapterFacetOf<'snapshots'>
    const host = { base: { endpoint: 'lab' } } as unknown as FacetHost<never>
    expect(() => wrapFacet('snapshots', half, host)).toThrow("'snapshots' has no 'create'")
  })
})
