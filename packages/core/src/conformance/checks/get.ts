import { gib, mib } from '../../units.js'
import { assert, assertEqual, failure, value } from '../assert.js'
import { type Check, only } from '../check.js'

const group = 'get'

export const getChecks: readonly Check[] = [
  {
    number: 31,
    group,
    title: 'a VM by its ref',
    async run({ connect }) {
      const port = await connect()
      const [first] = value(await port.listVms(), 'listVms').items
      only(first !== undefined, 'the scenario seeds no VM')
      if (!first) return
      const vm = value(await port.getVm(first.ref), 'getVm')
      assertEqual([vm.ref.id, vm.name], [first.ref.id, first.name], 'id and name')
      const [again] = [value(await port.getVm({ endpoint: vm.ref.endpoint, id: vm.ref.id }), 'getVm by id alone')]
      assertEqual(again.ref.id, vm.ref.id, 'id alone is enough')
    },
  },
  {
    number: 32,
    group,
    title: 'an unknown id: NOT_FOUND',
    async run({ connect, create }) {
      const port = await connect()
      const vm = await create(port, 'gone')
      const deletion = value(await port.deleteVm(vm.ref), 'deleteVm')
      value(await deletion.wait(), 'deletion')
      const error = failure(await port.getVm(vm.ref), 'getVm of a deleted VM', 'NOT_FOUND')
      assertEqual(error.retryable, false, 'retryable')
    },
  },
  {
    number: 33,
    group,
    title: 'a stale locator resolves after a migration',
    async run({ connect, fault, create }) {
      const move = fault('move')
      const port = await connect()
      const vm = await create(port, 'moved')
      await move(vm.ref.id)
      const seen = value(await port.getVm(vm.ref), 'getVm with a stale locator')
      assertEqual(seen.ref.id, vm.ref.id, 'id')
      assert(seen.host !== vm.host, `another host than '${vm.host}', where it was before`, seen.host)
    },
  },
  {
    number: 34,
    group,
    title: 'a ref of another endpoint: INVALID_ARGUMENT',
    async run({ connect, harness }) {
      const port = await connect()
      const foreign = { endpoint: `${harness.endpoint}-other`, id: harness.scenario.vmIds[0] ?? '1' }
      failure(await port.getVm(foreign), 'getVm', 'INVALID_ARGUMENT')
      failure(await port.deleteVm(foreign), 'deleteVm', 'INVALID_ARGUMENT')
    },
  },
  {
    number: 35,
    group,
    title: 'a ref whose incarnation no longer fits is not taken for the same VM',
    async run({ connect, fault, create }) {
      const replace = fault('replace')
      const port = await connect()
      const vm = await create(port, 'reborn')
      only(vm.ref.incarnation !== undefined, 'the platform never reuses ids')
      await replace(vm.ref.id)
      failure(await port.getVm(vm.ref), 'getVm with an old incarnation', 'NOT_FOUND')
    },
  },
  {
    number: 36,
    group,
    title: 'memory and disk sizes round-trip, odd ones and 1 TiB included',
    async run({ connect, create, capabilities, harness }) {
      const port = await connect()
      const { granularity } = await capabilities()
      for (const least of [mib(1025), mib(1537), gib(4) + 1]) {
        const memoryBytes = Math.ceil(least / granularity.memoryBytes) * granularity.memoryBytes
        const vm = await create(port, 'sized', { memoryBytes })
        assertEqual(vm.memoryBytes, memoryBytes, 'memoryBytes')
        assertEqual(value(await port.getVm(vm.ref), 'getVm').memoryBytes, memoryBytes, 'memoryBytes read again')
      }
      only(harness.scenario.spec.source.from === 'template', 'the scenario creates without a template')
      for (const sizeBytes of [gib(33) + granularity.diskBytes, gib(1024)]) {
        const grown = await create(port, 'grown', { disks: [{ sizeBytes }] })
        assertEqual(grown.disks[0]?.capacityBytes, sizeBytes, 'capacityBytes')
      }
    },
  },
]
