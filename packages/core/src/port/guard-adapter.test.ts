import { describe, expect, it } from 'vitest'
import type { AdapterOperations, FailedCall, HypervisorAdapter } from '../adapter.js'
import { HypervisorError } from '../errors/hypervisor-error.js'
import type { JsonObject } from '../json.js'
import { silentLogger } from '../observe/logger.js'
import type { Step } from '../operations/step.js'
import type { HypervisorPort } from '../port.js'
import { createRegistry } from '../registry/create-registry.js'
import { type Result, unwrap } from '../result.js'
import { errorOf } from '../testing/connect-fake.js'
import { type FakePlugin, fake } from '../testing/fake-platform.js'
import { guardAdapter } from './guard-adapter.js'

/** What the client of this platform throws. */
class VendorError extends Error {
  readonly outcome: 'failed' | 'unknown'

  constructor(outcome: 'failed' | 'unknown' = 'failed') {
    super('E_FULL')
    this.outcome = outcome
  }
}

function mapError(thrown: unknown, call: FailedCall): HypervisorError | undefined {
  if (!(thrown instanceof VendorError)) return undefined
  return new HypervisorError('RESOURCE_EXHAUSTED', 'it is full', { ...call, outcome: thrown.outcome, retryable: false })
}

const config = { type: 'fake', endpoint: 'lab', host: 'h', token: { secretValue: 'x' } } as const
const ref = { endpoint: 'lab', id: '1' }
const spec = { name: 'web-1', source: { from: 'template', template: { name: 'debian' } } } as const

async function connectWith(change: (adapter: HypervisorAdapter) => object): Promise<HypervisorPort<FakePlugin>> {
  const changed: FakePlugin = {
    ...fake,
    connect(...args) {
      const adapter = fake.connect(...args)
      return { ...adapter, mapError, ...change(adapter) }
    },
  }
  return unwrap(await createRegistry([changed]).connect(config))
}

type CreateStep = AdapterOperations['createVm']['steps'][number]

function connectToCreate(steps: readonly CreateStep[], more: Partial<AdapterOperations['createVm']> = {}) {
  return connectWith(({ operations }) => {
    const createVm = { steps, result: operations.createVm.result, ...more }
    return { operations: { ...operations, createVm } }
  })
}

const full = (): never => {
  throw new VendorError()
}
const step = { name: 'make', repeat: 'safe', begin: async () => ({ done: true as const }) } as const
const long = { ...step, begin: async () => ({ task: 'T1', retryAfterMs: 1 }) } as const

function fakeAdapter() {
  const secrets = { resolve: () => Promise.reject(new Error('not asked')) }
  return fake.connect({ host: 'h', token: { secretValue: 'x' } }, { endpoint: 'lab', secrets, logger: silentLogger })
}

/** The error that a creation ends with. */
async function errorOfCreation(port: HypervisorPort<FakePlugin>): Promise<HypervisorError> {
  const started = await port.createVm(spec)
  return errorOf(started.ok ? await started.value.wait() : started)
}

describe('what a client throws reaches the caller in the words of the port', () => {
  const fate: Step<never, JsonObject> = {
    ...step,
    repeat: 'once',
    begin: async () => {
      throw new VendorError('unknown')
    },
    find: full,
    findCanBeWrong: 'never',
  }

  it.each<[string, readonly CreateStep[]]>([
    ['times', [{ ...step, times: full }]],
    ['blockedBy', [{ ...step, blockedBy: full }]],
    ['begin', [{ ...step, begin: full }]],
    ['begin, as a promise', [{ ...step, begin: async () => full() }]],
    ['poll', [{ ...long, poll: full }]],
    ['find', [fate]],
    [
      'leftovers',
      [
        { ...step, leftovers: full, undo: [{ ...step, begin: full }] },
        { ...step, name: 'b', begin: full },
      ],
    ],
  ])('from %s', async (_hook, steps) => {
    const error = await errorOfCreation(await connectToCreate(steps))
    expect(error).toMatchObject({ code: 'RESOURCE_EXHAUSTED', operation: 'createVm', resource: 'web-1' })
  })

  it('from the result', async () => {
    const error = await errorOfCreation(await connectToCreate([step], { result: full }))
    expect(error).toMatchObject({ code: 'RESOURCE_EXHAUSTED', resource: 'web-1' })
  })

  it('from the undo of a step', async () => {
    const undo = [{ ...step, name: 'unmake', begin: full }]
    const error = await errorOfCreation(
      await connectToCreate([
        { ...step, undo, leftovers: () => [{ kind: 'vm', id: '7' }] },
        { ...step, name: 'fill', begin: full },
      ]),
    )
    if (error.code !== 'PARTIAL') throw error
    expect(error.details).toMatchObject({
      reason: { code: 'RESOURCE_EXHAUSTED' },
      undoErrors: [{ code: 'RESOURCE_EXHAUSTED', resource: 'web-1' }],
    })
  })

  it('from cancel', async () => {
    const port = await connectToCreate([{ ...long, poll: async () => ({ running: true }), cancel: full }])
    const operation = unwrap(await port.createVm(spec))
    expect(errorOf(await operation.cancel())).toMatchObject({ code: 'RESOURCE_EXHAUSTED', operation: 'createVm' })
  })

  it.each<[string, string, (port: HypervisorPort<FakePlugin>) => Promise<Result<unknown>>, FailedCall]>([
    ['a test', 'testConnection', (port) => port.testConnection(), { operation: 'testConnection' }],
    ['capabilities', 'capabilities', (port) => port.capabilities(), { operation: 'capabilities' }],
    ['resources', 'listResources', (port) => port.listHosts(), { operation: 'listResources' }],
    ['VMs', 'listVms', (port) => port.listVms(), { operation: 'listVms' }],
    ['a VM', 'getVm', (port) => port.getVm(ref), { operation: 'getVm', resource: '1' }],
    ['the identity', 'platformIdentity', (port) => port.createVm(spec), { operation: 'platformIdentity' }],
  ])('from a look at %s', async (_what, method, look, call) => {
    const port = await connectWith(() => ({ [method]: full }))
    expect(errorOf(await look(port))).toMatchObject({ code: 'RESOURCE_EXHAUSTED', ...call })
  })

  it('from the reads and operations of a facet', async () => {
    const port = await connectWith(({ facets }) => ({
      facets: { ...facets, snapshots: { ...facets.snapshots, list: full, create: { steps: [step], result: full } } },
    }))
    const snapshots = unwrap(await port.facet('snapshots'))
    const about = { code: 'RESOURCE_EXHAUSTED', resource: '1' }
    expect(errorOf(await snapshots.list({ ref }))).toMatchObject({ ...about, operation: 'snapshots.list' })
    const operation = unwrap(await snapshots.create({ ref, name: 'a' }))
    expect(errorOf(await operation.wait())).toMatchObject({ ...about, operation: 'snapshots.create' })
  })
})

describe('a guarded adapter', () => {
  it.each([
    ['steps', { steps: [step, long] }],
    ['parts of an undo', { steps: [{ ...step, undo: [step, step] }] }],
    ['steps that always run', { steps: [step], always: [step, step] }],
  ])('has no two %s of one name', async (_where, { steps, ...more }) => {
    await expect(connectToCreate(steps, more)).rejects.toThrow(
      "two steps 'make' in 'createVm', and handles find steps by their names: give each its own",
    )
  })

  it('guards hooks that core does not know yet', () => {
    const adapter = { ...fakeAdapter(), mapError }
    const startVm = { ...adapter.operations.startVm, steps: [{ ...step, peek: full }] }
    const [guarded] = guardAdapter({ ...adapter, operations: { ...adapter.operations, startVm } }).operations.startVm
      .steps
    const { peek } = Object(guarded) as { peek(context: { readonly input: object }): void }
    expect(() => peek({ input: { ref } })).toThrow('it is full')
  })

  it('takes steps and facets of a class, and what is made from another', async () => {
    class Making {
      readonly name = 'make'
      readonly repeat = 'safe'
      readonly #word = 'made'

      async begin() {
        return { done: true as const, state: { word: this.#word } }
      }
    }
    class Snapshots {
      list(): never {
        return full()
      }
    }
    const port = await connectWith(({ operations, facets }) => {
      const createVm = Object.create({ steps: [new Making(), Object.create({ ...step, name: 'fill', begin: full })] })
      const { list: _own, ...operationsOfFacet } = facets.snapshots ?? {}
      const snapshots: object = Object.assign(new Snapshots(), operationsOfFacet)
      return { operations: { ...operations, createVm }, facets: Object.create({ snapshots }) }
    })
    expect(await errorOfCreation(port)).toMatchObject({ code: 'RESOURCE_EXHAUSTED', resource: 'web-1' })
    const snapshots = unwrap(await port.facet('snapshots'))
    expect(errorOf(await snapshots.list({ ref }))).toMatchObject({ code: 'RESOURCE_EXHAUSTED', resource: '1' })
  })

  it('lets errors of the port through, tells an abort, and leaves what nobody knows to the caller of the adapter', async () => {
    const own = new HypervisorError('NOT_FOUND', 'no VM 1')
    const aborted = new DOMException('gone', 'AbortError')
    const strange = new TypeError('x')
    const thrownBy = async (thrown: unknown) => {
      const adapter = fakeAdapter()
      adapter.native.before = () => Promise.reject(thrown)
      const { signal } = new AbortController()
      return guardAdapter({ ...adapter, mapError })
        .getVm(ref, { signal })
        .catch((error: unknown) => error)
    }
    expect(await thrownBy(own)).toBe(own)
    expect(await thrownBy(aborted)).toMatchObject({ code: 'CANCELLED', outcome: 'unknown', cause: aborted })
    expect(await thrownBy(strange)).toBe(strange)
  })
})
