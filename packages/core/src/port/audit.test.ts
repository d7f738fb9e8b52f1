import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, expect, it } from 'vitest'
import { HypervisorError } from '../errors/hypervisor-error.js'
import type { VmProvisionSpec } from '../model/provision.js'
import type { AuditEvent } from '../observe/events.js'
import { unwrap } from '../result.js'
import { connectFake } from '../testing/connect-fake.js'
import { fakeVm } from '../testing/fake-platform.js'

const ref = { endpoint: 'lab', id: '1' }
const spec = { name: 'web-1', source: { from: 'template', template: { name: 'debian' } } } as const

describe('the channels', () => {
  it('tell steps and audit events without secrets', async () => {
    const seen: Record<string, object[]> = { 'dcm.core.step': [], 'dcm.core.audit': [] }
    const listeners = Object.keys(seen).map((name) => {
      // Both channels carry objects.
      const listener = (message: unknown): void => void seen[name]?.push(message as object)
      subscribe(name, listener)
      return () => unsubscribe(name, listener)
    })
    try {
      const { port } = await connectFake({ tenant: 'acme' })
      const customization = { password: { secretValue: 'hunter2' } }
      await unwrap(await port.createVm({ ...spec, customization }, { actor: 'ann' })).wait()
    } finally {
      for (const stop of listeners) stop()
    }
    const steps = seen['dcm.core.step'] ?? []
    expect(steps.map((step) => 'event' in step && step.event)).toEqual(['begin', 'accepted', 'done', 'ended'])
    expect(steps[0]).toMatchObject({ tenant: 'acme', endpoint: 'lab', type: 'fake', kind: 'createVm', step: 'make' })
    expect(seen['dcm.core.audit']).toMatchObject([{ outcome: 'accepted' }, { outcome: 'succeeded' }])
    expect(JSON.stringify(seen)).not.toContain('hunter2')
  })
})

describe('the audit', () => {
  async function audited(): Promise<Awaited<ReturnType<typeof connectFake>> & { readonly events: AuditEvent[] }> {
    const events: AuditEvent[] = []
    return { ...(await connectFake({ tenant: 'acme', audit: (event) => void events.push(event) })), events }
  }

  it('tells acceptance and end of each mutation, without secrets', async () => {
    const { port, events } = await audited()
    const customization = { password: { secretValue: 'hunter2' } }
    const operation = unwrap(await port.createVm({ ...spec, customization }, { actor: 'ann' }))
    expect(events).toHaveLength(1)
    await operation.wait()
    const facts = {
      tenant: 'acme',
      endpoint: 'lab',
      type: 'fake',
      actor: 'ann',
      action: 'createVm',
      target: 'web-1',
      parameters: { name: 'web-1', customization: { password: '[secret]' } },
      operationId: operation.id,
    }
    expect(events).toMatchObject([
      { ...facts, outcome: 'accepted' },
      { ...facts, outcome: 'succeeded' },
    ])
    expect(JSON.stringify(events)).not.toContain('hunter2')
    expect(JSON.parse(JSON.stringify(events))).toEqual(events)
    for (const { time } of events) expect(new Date(time).toISOString()).toBe(time)
  })

  it('tells acceptance before the end, also when both come at once', async () => {
    const { port, events } = await audited()
    unwrap(await port.stopVm(ref, { mode: 'hard' }))
    expect(events.map(({ outcome, target }) => `${outcome} ${target}`)).toEqual(['accepted 1', 'succeeded 1'])
    expect(events[1]?.parameters).toEqual({ mode: 'hard', graceMs: 120_000, discardSavedState: false })
  })

  it('tells a refusal once; input that is wrong is not repeated', async () => {
    const { port, events } = await audited()
    await port.startVm({ endpoint: 'lab', id: '99' })
    // Wrong by type: the password is where it does not belong.
    await port.createVm({ ...spec, name: 'x', customization: { password: 'hunter2' } } as unknown as VmProvisionSpec)
    expect(events).toMatchObject([
      { action: 'startVm', target: '99', outcome: 'refused', code: 'NOT_FOUND' },
      { action: 'createVm', outcome: 'refused', code: 'INVALID_ARGUMENT' },
    ])
    expect(events[1]).not.toHaveProperty('parameters')
    expect(JSON.stringify(events)).not.toContain('hunter2')
  })

  it('tells an attempt whose end is not known', async () => {
    const { port, native, events } = await audited()
    let goOn: () => void = () => {}
    native.before = () =>
      new Promise((resolve) => {
        goOn = resolve
      })
    await port.startVm(ref, { timeoutMs: 10 })
    expect(events).toMatchObject([{ outcome: 'unknown', code: 'TIMEOUT', target: '1' }])
    goOn()
    await expect.poll(() => events.length).toBe(2)
    expect(events[1]).toMatchObject({ outcome: 'succeeded', target: '1', operationId: events[0]?.operationId })
  })

  it('tells the end of an operation that another process started', async () => {
    const { port, native, events } = await audited()
    const elsewhere = await connectFake()
    const { handle } = unwrap(await elsewhere.port.createVm(spec, { actor: 'ann' }))
    native.vms.set('4', fakeVm('lab', '4'))
    unwrap(await port.advanceOperation(handle))
    expect(events).toMatchObject([
      { action: 'createVm', actor: 'ann', target: 'web-1', outcome: 'succeeded', operationId: handle.id },
    ])
  })

  it('tells that a connection trusts anybody', async () => {
    const { port, native, events } = await audited()
    await port.testConnection()
    native.trust = 'untrusted'
    await port.testConnection({ actor: 'ann' })
    expect(events).toMatchObject([{ action: 'allowUntrusted', actor: 'ann', endpoint: 'lab' }])
  })

  it('stops nothing when it throws', async () => {
    const errors: string[] = []
    const silent = () => {}
    const logger = { debug: silent, info: silent, warn: silent, error: (text: string) => void errors.push(text) }
    const audit = () => {
      throw new HypervisorError('INTERNAL', 'no audit')
    }
    const { port } = await connectFake({ logger, audit })
    expect((await port.startVm(ref)).ok).toBe(true)
    expect(errors).toHaveLength(2)
  })
})
