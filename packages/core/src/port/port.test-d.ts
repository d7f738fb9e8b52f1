import { describe, expectTypeOf, it } from 'vitest'
import type { ErrorDetails, Problem } from '../errors/error-codes.js'
import { HypervisorError } from '../errors/hypervisor-error.js'
import { each, eachVm } from '../inventory/each.js'
import type { Page } from '../model/page.js'
import type { VmProvisionSpec } from '../model/provision.js'
import type { Host } from '../model/resources.js'
import type { DeleteReport, VmInfo, VmSummary } from '../model/vm.js'
import type { OperationHandle } from '../operations/handle.js'
import type { Advance, Operation } from '../operations/operation.js'
import type { Leftover } from '../operations/step.js'
import type { HypervisorPort } from '../port.js'
import { type Result, unwrap } from '../result.js'

declare const port: HypervisorPort
declare const error: HypervisorError
const ref = { endpoint: 'lab', id: '1' } as const

describe('results', () => {
  it('narrow by ok', () => {
    const result = {} as Result<number>
    if (result.ok) expectTypeOf(result.value).toEqualTypeOf<number>()
    else expectTypeOf(result.error).toEqualTypeOf<HypervisorError>()
    // @ts-expect-error a value only after the question
    result.value
    expectTypeOf(unwrap(result)).toEqualTypeOf<number>()
  })

  it('are what every method gives', () => {
    expectTypeOf(port.listHosts()).toEqualTypeOf<Promise<Result<Page<Host>>>>()
    expectTypeOf(port.getVm(ref)).toEqualTypeOf<Promise<Result<VmInfo>>>()
    expectTypeOf(port.supports('snapshots')).toEqualTypeOf<Promise<Result<boolean>>>()
  })
})

describe('errors', () => {
  it('narrow by code', () => {
    if (error.code === 'INVALID_ARGUMENT') expectTypeOf(error.details.problems).toEqualTypeOf<readonly Problem[]>()
    if (error.code === 'PARTIAL') {
      expectTypeOf(error.details.leftovers).toEqualTypeOf<readonly Leftover[]>()
      expectTypeOf(error.details.cleanUp).toEqualTypeOf<OperationHandle<'cleanUp'>>()
    }
    // @ts-expect-error details depend on the code
    error.details.problems
    expectTypeOf(error.code).toEqualTypeOf<keyof ErrorDetails>()
    expectTypeOf(error).toExtend<Error>()
  })

  it('are made with the details of their code', () => {
    new HypervisorError('NOT_FOUND', 'm', { details: { missing: [] } })
    // @ts-expect-error details of another code
    new HypervisorError('NOT_FOUND', 'm', { details: { problems: [] } })
    // @ts-expect-error no such code
    new HypervisorError('OOPS', 'm')
    expectTypeOf(new HypervisorError('CONFLICT', 'm')).toExtend<HypervisorError>()
  })

  it('are recognised', () => {
    const thrown: unknown = error
    if (HypervisorError.isInstance(thrown)) expectTypeOf(thrown).toEqualTypeOf<HypervisorError>()
  })
})

describe('operations', () => {
  it('give the result of their kind', () => {
    const created = {} as Operation<'createVm'>
    const deleted = {} as Operation<'deleteVm'>
    expectTypeOf(created.wait()).toEqualTypeOf<Promise<Result<VmInfo>>>()
    expectTypeOf(deleted.wait()).toEqualTypeOf<Promise<Result<DeleteReport>>>()
    expectTypeOf(port.createVm).returns.toEqualTypeOf<Promise<Result<Operation<'createVm'>>>>()
  })

  it('keep their kind when resumed and advanced', () => {
    const handle = {} as OperationHandle<'deleteVm'>
    expectTypeOf(port.resumeOperation(handle)).toEqualTypeOf<Promise<Result<Operation<'deleteVm'>>>>()
    expectTypeOf(port.advanceOperation(handle)).toEqualTypeOf<Promise<Result<Advance<'deleteVm'>>>>()
    const cleanUp = {} as OperationHandle<'cleanUp'>
    expectTypeOf(port.resumeOperation(cleanUp)).resolves.toEqualTypeOf<Result<Operation<'cleanUp'>>>()
  })

  it('are not thenables', () => {
    expectTypeOf<Operation>().not.toHaveProperty('then')
  })
})

describe('specifications', () => {
  it('take known fields alone', () => {
    const source = { from: 'blank' } as const
    const spec: VmProvisionSpec = { name: 'x', source, cpus: 2, memoryBytes: 1 }
    expectTypeOf(spec).toExtend<VmProvisionSpec>()
    // @ts-expect-error misspelt
    port.createVm({ name: 'x', source, memory: 1 })
    // @ts-expect-error a password is a secret
    port.createVm({ name: 'x', source, customization: { password: 'hunter2' } })
    // @ts-expect-error a template has to be named
    port.createVm({ name: 'x', source: { from: 'template' } })
  })
})

describe('iterators', () => {
  it('give the items of their list', () => {
    expectTypeOf(eachVm(port)).toEqualTypeOf<AsyncGenerator<VmSummary, void, undefined>>()
    expectTypeOf(each(port.listHosts)).toEqualTypeOf<AsyncGenerator<Host, void, undefined>>()
    each(port.listHosts, { within: { id: 'dc' }, pageSize: 10 })
    // @ts-expect-error the iterator turns the pages
    eachVm(port, { pageToken: 'x' })
  })
})
