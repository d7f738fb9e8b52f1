import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { VmProvisionSpec } from '../model/provision.js'
import type { OperationHandle } from '../operations/handle.js'
import { memoryOperationStore } from '../operations/store.js'
import { unwrap } from '../result.js'
import { connectFake, errorOf } from '../testing/connect-fake.js'
import { fakeCapabilities } from '../testing/fake-platform.js'
import { gib } from '../units.js'

const ref = { endpoint: 'lab', id: '1' }
const spec = { name: 'web-1', source: { from: 'template', template: { name: 'debian' } } } as const

describe('createVm', () => {
  it('starts an operation and gives the VM', async () => {
    const { port } = await connectFake()
    const operation = unwrap(await port.createVm(spec))
    expect(unwrap(await operation.wait())).toMatchObject({ name: 'web-1' })
    expect(operation.kind).toBe('createVm')
    expect(operation.handle.outcome).toBe('succeeded')
  })

  it('refuses every problem of the specification at once, before any call', async () => {
    const { port, native } = await connectFake()
    const wrong = {
      name: 'a\nb',
      source: { from: 'blank' },
      memoryBytes: 2048,
      disk: [],
      nics: [{ network: 'lan', ipv4: { cidr: '192.0.2.1' }, macAddress: 'xx' }],
      customization: { password: 'hunter2', hostname: '-', sshPublicKeys: ['hunter2'], dnsServers: ['example.org'] },
      extensions: { fake: { pool: 7, colour: 'red' }, hmc: {} },
    }
    // Wrong by type: a specification may come from outside.
    const error = errorOf(await port.createVm(wrong as unknown as VmProvisionSpec))
    if (error.code !== 'INVALID_ARGUMENT') throw error
    expect(error.details.problems.map(({ path }) => path)).toEqual([
      'disk',
      'name',
      'memoryBytes',
      'nics[0].network',
      'nics[0].macAddress',
      'nics[0].ipv4.cidr',
      'customization.hostname',
      'customization.password',
      'customization.sshPublicKeys[0]',
      'customization.dnsServers[0]',
      'extensions.hmc',
      'extensions.fake.colour',
      'extensions.fake.pool',
    ])
    expect(error.message).toContain("disk is not a known field - did you mean 'disks'?")
    expect(inspect(error)).not.toContain('hunter2')
    expect(native.calls).toEqual([])
  })

  it('refuses an option that nobody knows, which would otherwise go unheard', async () => {
    const { port, native } = await connectFake()
    // Wrong by type: options may come from a program without types.
    const calls = {
      idempotencyKey: await port.createVm(spec, { idempotencykey: 'order-1' } as object),
      disks: await port.deleteVm(ref, { disk: 'keep' } as object),
      mode: await port.stopVm(ref, { mod: 'hard' } as object),
      graceMs: await port.restartVm(ref, { graceMS: 5 } as object),
      timeoutMs: await port.startVm(ref, { timeoutMS: 5 } as object),
    }
    for (const [meant, answer] of Object.entries(calls)) {
      const error = errorOf(answer)
      expect(error.code).toBe('INVALID_ARGUMENT')
      expect(error.message).toContain(`is not a known field - did you mean '${meant}'?`)
    }
    expect(native.calls).toEqual([])
    await expect(port.startVm(ref, { deadlineMs: Number.NaN })).rejects.toThrow('deadlineMs must be a number')
  })

  it('wants processors and memory where there is no template', async () => {
    const { port } = await connectFake()
    const error = errorOf(await port.createVm({ name: 'web', source: { from: 'blank' } }))
    expect(error).toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: { problems: [{ path: 'cpus' }, { path: 'memoryBytes' }] },
    })
  })

  it('refuses what the endpoint is known not to take', async () => {
    const { port, native } = await connectFake()
    const large: VmProvisionSpec = {
      ...spec,
      name: 'Web_1',
      cpus: 9,
      memoryBytes: gib(1) + 1,
      disks: [{ sizeBytes: gib(1.5) }, { sizeBytes: gib(1) }, { sizeBytes: gib(1) }],
      tags: ['ok', 'NOT OK'],
    }
    const error = errorOf(await port.createVm(large))
    if (error.code !== 'INVALID_ARGUMENT') throw error
    expect(error.details.problems.map(({ path }) => path)).toEqual([
      'name',
      'tags[1]',
      'cpus',
      'memoryBytes',
      'disks[0].sizeBytes',
      'disks',
    ])
    expect(error.message).toContain('1073741824 or 1074790400')
    expect(error.details.problems.slice(0, 2)).toEqual([
      { path: 'name', message: 'must be small letters, digits and hyphens' },
      { path: 'tags[1]', message: 'must be small letters' },
    ])
    expect(errorOf(await port.createVm({ ...spec, name: 'a'.repeat(21) })).message).toContain('at most 20')
    expect((await port.createVm({ ...spec, name: 'a'.repeat(20) })).ok).toBe(true)
    expect(native.calls.filter((call) => call === 'createVm')).toHaveLength(1)
  })

  it('answers UNSUPPORTED for what the endpoint cannot do at all', async () => {
    const { port } = await connectFake()
    const asked: VmProvisionSpec = {
      ...spec,
      source: { ...spec.source, clone: 'linked' },
      nics: [{ network: { id: 'net' }, ipv4: 'dhcp' }],
      customization: { hostname: 'web', userName: 'ann', userData: { secretValue: 'hunter2' } },
    }
    const error = errorOf(await port.createVm(asked))
    expect(error).toMatchObject({
      code: 'UNSUPPORTED',
      details: { feature: 'source.clone, customization.userName, customization.userData, nics[0].ipv4' },
    })
    const image = { ...spec, source: { from: 'image', image: { id: 'iso' } }, cpus: 1, memoryBytes: gib(1) } as const
    expect(errorOf(await port.createVm(image)).message).toContain("source.from must be 'template' or 'blank' here")
  })

  it('asks for capabilities once for many creations', async () => {
    const { port, native } = await connectFake()
    for (let count = 0; count < 3; count++) unwrap(await port.createVm(spec))
    expect(native.calls.filter((call) => call === 'capabilities')).toHaveLength(1)
  })

  it('takes keys of 1 to 256 characters', async () => {
    const { port } = await connectFake()
    for (const idempotencyKey of ['', 'x'.repeat(257)]) {
      expect(errorOf(await port.createVm(spec, { idempotencyKey })).code).toBe('INVALID_ARGUMENT')
    }
    expect((await port.createVm(spec, { idempotencyKey: '../"; DROP 💥' })).ok).toBe(true)
  })

  it('passes the own extension on, its inline secrets kept out of the handle', async () => {
    const { port } = await connectFake()
    const extensions = { fake: { pool: 'gold', licence: { secretValue: 'hunter2' } } }
    const operation = unwrap(await port.createVm({ ...spec, extensions }))
    expect(operation.handle.input).toMatchObject({ spec: { extensions: { fake: { pool: 'gold' } } } })
    expect(JSON.stringify(operation.handle)).not.toContain('hunter2')
  })
})

describe('an operation', () => {
  it('answers with complete errors, also when the adapter throws something else', async () => {
    const { port, native } = await connectFake()
    const operation = unwrap(await port.createVm(spec))
    native.vms.delete('4')
    const missing = errorOf(await operation.wait())
    expect(missing).toMatchObject({ code: 'NOT_FOUND', endpoint: 'lab', operation: 'createVm' })
    const second = unwrap(await port.createVm(spec))
    native.read = () => {
      throw new TypeError('hunter2')
    }
    const error = errorOf(await second.wait())
    expect(error).toMatchObject({ code: 'INTERNAL', endpoint: 'lab', operation: 'createVm', outcome: 'unknown' })
    expect(inspect(error)).not.toContain('hunter2')
  })

  it('is cancelled truthfully', async () => {
    const { port } = await connectFake()
    const operation = unwrap(await port.createVm(spec))
    expect(unwrap(await operation.cancel())).toBe('not-cancellable')
    unwrap(await operation.wait())
    expect(unwrap(await operation.cancel())).toBe('too-late')
    expect(operation.warnings).toEqual([])
  })
})

describe('verbs of one VM', () => {
  it('fill in the defaults of their options', async () => {
    const { port } = await connectFake()
    expect(unwrap(await port.stopVm(ref)).handle.input).toEqual({
      ref,
      options: { mode: 'graceful', graceMs: 120_000, discardSavedState: false },
    })
    expect(unwrap(await port.restartVm(ref, { mode: 'hard' })).handle.input).toEqual({
      ref,
      options: { mode: 'hard', graceMs: 120_000 },
    })
    expect(unwrap(await port.deleteVm({ ...ref, incarnation: 'x' }, { force: true })).handle.input).toEqual({
      ref: { ...ref, incarnation: 'x' },
      options: { disks: 'delete', force: true },
    })
  })

  it('refuse wrong options and foreign references', async () => {
    const { port, native } = await connectFake()
    // @ts-expect-error no mode
    expect(errorOf(await port.stopVm(ref, { mode: 'soft' })).message).toContain("mode must be 'graceful' or 'hard'")
    expect(errorOf(await port.stopVm(ref, { graceMs: -1 })).code).toBe('INVALID_ARGUMENT')
    // @ts-expect-error restart has two modes
    expect(errorOf(await port.restartVm(ref, { mode: 'graceful-then-hard' })).code).toBe('INVALID_ARGUMENT')
    // @ts-expect-error no boolean
    expect(errorOf(await port.deleteVm(ref, { force: 'yes' })).code).toBe('INVALID_ARGUMENT')
    expect(errorOf(await port.startVm({ ...ref, endpoint: 'x' })).code).toBe('INVALID_ARGUMENT')
    expect(native.calls).toEqual([])
  })

  it('keep disks only where that is possible', async () => {
    const { port, native } = await connectFake()
    expect(errorOf(await port.deleteVm(ref, { disks: 'keep' })).code).toBe('UNSUPPORTED')
    native.capabilities = { ...fakeCapabilities, keepDisks: true }
    unwrap(await port.capabilities())
    expect((await port.deleteVm(ref, { disks: 'keep' })).ok).toBe(true)
  })

  it('give the errors of the platform, complete', async () => {
    const { port } = await connectFake()
    const error = errorOf(await port.startVm({ endpoint: 'lab', id: '99' }))
    expect(error).toMatchObject({ code: 'NOT_FOUND', endpoint: 'lab', operation: 'startVm' })
  })
})

describe('checkpoints', () => {
  it('come before and after the mutation', async () => {
    const { port, native } = await connectFake()
    const seen: string[] = []
    const onCheckpoint = (handle: OperationHandle): void => {
      seen.push(`${handle.cursor.stage} ${native.calls.includes('createVm') ? 'sent' : 'unsent'}`)
    }
    unwrap(await port.createVm(spec, { onCheckpoint }))
    expect(seen).toEqual(['intent unsent', 'accepted sent'])
  })

  it.each(['onCheckpoint', 'store'])('a %s that fails before the mutation prevents it', async (which) => {
    const { port, native } = await connectFake()
    const fail = () => Promise.reject(new Error('disk full: hunter2'))
    const options = which === 'store' ? { store: { load: async () => undefined, save: fail } } : { onCheckpoint: fail }
    const error = errorOf(await port.createVm(spec, options))
    expect(error).toMatchObject({ code: 'INTERNAL', outcome: 'not-started', operation: 'createVm' })
    expect(error.message).toContain('resume')
    expect(inspect(error)).not.toContain('hunter2')
    expect(native.calls).not.toContain('createVm')
  })
})

describe('operations that were started elsewhere', () => {
  it('are resumed and advanced from their handle', async () => {
    const { port } = await connectFake()
    const handles: OperationHandle[] = []
    const started = unwrap(await port.createVm(spec, { onCheckpoint: (handle) => void handles.push(handle) }))
    const stored: OperationHandle<'createVm'> = JSON.parse(JSON.stringify(started.handle))
    const advance = unwrap(await port.advanceOperation(stored))
    expect(advance).toMatchObject({ status: 'succeeded', value: { name: 'web-1' } })
    const resumed = unwrap(await port.resumeOperation(stored))
    expect(unwrap(await resumed.wait()).name).toBe('web-1')
    const many = await port.advanceOperations([stored, { ...stored, endpoint: 'other' }, stored])
    expect(many.map((one) => (one.ok ? one.value.status : one.error.code))).toEqual([
      'succeeded',
      'INVALID_ARGUMENT',
      'succeeded',
    ])
  })

  it('check the specification that is given again', async () => {
    const { port } = await connectFake()
    const full = { ...spec, customization: { password: { secretValue: 'hunter2' } } }
    const { handle } = unwrap(await port.createVm(full))
    expect((await port.resumeOperation(handle, { spec: full })).ok).toBe(true)
    const other = errorOf(await port.resumeOperation(handle, { spec: { ...full, cpus: 2 } }))
    expect(other).toMatchObject({ code: 'INVALID_ARGUMENT', operation: 'resumeOperation' })
    // @ts-expect-error no name
    expect(errorOf(await port.advanceOperation(handle, { spec: { name: 7 } })).message).toContain('name must be a text')
  })

  it('are refused when they are none', async () => {
    const { port } = await connectFake()
    for (const handle of [null, {}, 'x', { id: 'x', version: 1 }]) {
      // Wrong by type: a handle comes from a database.
      const wrong = handle as unknown as OperationHandle
      expect(errorOf(await port.resumeOperation(wrong)).code).toBe('INVALID_ARGUMENT')
      expect(errorOf(await port.advanceOperation(wrong)).code).toBe('INVALID_ARGUMENT')
    }
  })

  it('are left alone when the store cannot be read', async () => {
    const { port } = await connectFake()
    const { handle } = unwrap(await port.createVm(spec))
    const store = { load: () => Promise.reject(new Error('hunter2')), save: async () => true }
    const error = errorOf(await port.resumeOperation(handle, { store }))
    expect(error).toMatchObject({ code: 'INTERNAL', outcome: 'not-started' })
    expect(error.message).toContain('the operation store could not load')
    expect(inspect(error)).not.toContain('hunter2')
  })

  it('give way to another runner', async () => {
    const { port } = await connectFake()
    const store = memoryOperationStore()
    const { handle } = unwrap(await port.createVm(spec, { store }))
    expect((await port.advanceOperation(handle, { store })).ok).toBe(true)
    const late = errorOf(await port.advanceOperation(handle, { store }))
    expect(late).toMatchObject({ code: 'CONFLICT', details: { reason: 'other-runner' } })
  })
})
