import { describe, expectTypeOf, it } from 'vitest'
import type { AdapterContext, OperationInputs } from '../../adapter.js'
import { watchChanges } from '../../model/facets/events.js'
import type { AdapterFacetOf, FacetOf, FacetOperationKind } from '../../model/facets/facets.js'
import type { Snapshot, SnapshotList } from '../../model/facets/snapshots.js'
import type { VmRef } from '../../model/references.js'
import type { DeleteReport, VmInfo } from '../../model/vm.js'
import type { OperationKind, OperationResults } from '../../operations/handle.js'
import type { Operation } from '../../operations/operation.js'
import type { AnyOperationDefinition } from '../../operations/step.js'
import type { HypervisorPort } from '../../port.js'
import type { Result } from '../../result.js'

declare const snapshots: FacetOf<'snapshots'>
declare const tags: FacetOf<'tags'>
declare const clones: FacetOf<'clone'>
declare const adapter: AdapterFacetOf<'snapshots'>
declare const port: HypervisorPort
const ref: VmRef = { endpoint: 'lab', id: '1' }

describe('a facet', () => {
  it('answers reads, and gives an operation for every change', () => {
    expectTypeOf(snapshots.list({ ref })).toEqualTypeOf<Promise<Result<SnapshotList>>>()
    expectTypeOf(snapshots.create({ ref, name: 'a' })).toEqualTypeOf<Promise<Result<Operation<'snapshots.create'>>>>()
    expectTypeOf<Operation<'snapshots.create'>['wait']>().returns.toEqualTypeOf<Promise<Result<Snapshot>>>()
    expectTypeOf(snapshots).toHaveProperty('revert')
    // @ts-expect-error the input is needed
    snapshots.list()
    // @ts-expect-error a misspelt field
    snapshots.create({ ref, nmae: 'a' })
    // @ts-expect-error another facet's method
    snapshots.grow({ ref })
  })

  it('needs no input where nothing is required', () => {
    tags.list()
    tags.list({}, { timeoutMs: 1 })
  })

  it('takes an idempotency key where it makes a VM', () => {
    clones.clone({ ref, name: 'x' }, { idempotencyKey: 'k' })
    // @ts-expect-error a snapshot has no key
    snapshots.create({ ref, name: 'a' }, { idempotencyKey: 'k' })
  })

  it('opens the table of operation kinds', () => {
    expectTypeOf<'disks.grow'>().toExtend<FacetOperationKind>()
    expectTypeOf<FacetOperationKind>().toExtend<OperationKind>()
    expectTypeOf<OperationResults['snapshots.delete']>().toEqualTypeOf<DeleteReport>()
    expectTypeOf<OperationResults['migrate.migrate']>().toEqualTypeOf<VmInfo>()
    expectTypeOf<OperationInputs['snapshots.revert']>().toEqualTypeOf<{
      readonly ref: VmRef
      readonly snapshot: string
    }>()
  })

  it('is implemented by reads that throw and by definitions', () => {
    expectTypeOf(adapter.list).toEqualTypeOf<
      (input: { readonly ref: VmRef }, context: AdapterContext) => Promise<SnapshotList>
    >()
    expectTypeOf(adapter.revert).toEqualTypeOf<
      AnyOperationDefinition<{ readonly ref: VmRef; readonly snapshot: string }, VmInfo>
    >()
  })

  it('is watched where it tells events', async () => {
    const events = await port.facet('events')
    if (events.ok) watchChanges(events.value, { cursor: 'c' })
    // @ts-expect-error no events here
    watchChanges(snapshots)
  })
})
