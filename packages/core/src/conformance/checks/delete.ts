import type { VmRef } from '../../model/references.js'
import { assert, assertEqual, failure, value } from '../assert.js'
import { type Check, only } from '../check.js'
import { patienceMs } from '../patience.js'
import { named, noVolumes } from './native.js'

const group = 'delete'
/** How a verb may refuse a VM that is not the one that was meant. */
const refusals = ['FAILED_PRECONDITION', 'CONFLICT', 'NOT_FOUND'] as const

export const deleteChecks: readonly Check[] = [
  {
    number: 58,
    group,
    title: 'delete removes the VM and its disks; nothing with the marker is left',
    async run({ connect, create, need, harness }) {
      const vms = need('vms')
      const port = await connect()
      const before = (await harness.volumes?.())?.length
      const vm = await create(port, 'removed')
      const marker = (await vms()).find(({ id }) => id === vm.ref.id)?.marker
      const operation = value(await port.deleteVm(vm.ref), 'deleteVm')
      const report = value(await operation.wait(), 'delete')
      assert(report.removed.length > 0, 'the report names what was removed', report)
      assertEqual(report.left, [], 'left')
      const left = await vms()
      assertEqual(named(left, vm.name).length, 0, 'VMs of that name at the server')
      if (before !== undefined) assertEqual((await harness.volumes?.())?.length, before, 'volumes')
      only(marker !== undefined, "the harness does not tell the 'marker' of a VM")
      assert(!left.some((one) => one.marker === marker), `no VM with the marker '${marker}'`, left)
      only(before !== undefined, noVolumes)
    },
  },
  {
    number: 59,
    group,
    title: 'disks: keep works where the capabilities say so, and is UNSUPPORTED elsewhere',
    async run({ connect, create, capabilities, harness }) {
      const port = await connect()
      const { keepDisks } = await capabilities()
      const vm = await create(port, 'kept')
      const started = await port.deleteVm(vm.ref, { disks: 'keep' })
      const answer = started.ok ? await started.value.wait() : started
      if (!keepDisks) {
        failure(answer, 'disks: keep', 'UNSUPPORTED')
        assertEqual(value(await port.getVm(vm.ref), 'getVm').ref.id, vm.ref.id, 'the VM is untouched')
        return
      }
      const report = value(answer, 'disks: keep')
      assert(report.left.length > 0, 'the kept disks are listed', report)
      const volumes = await harness.volumes?.()
      only(volumes !== undefined, noVolumes)
      for (const id of report.left) assert(volumes?.includes(id) === true, `the volume ${id} is there`, volumes)
    },
  },
  {
    number: 60,
    group,
    title: 'delete twice: success',
    async run({ connect, create }) {
      const port = await connect()
      const vm = await create(port, 'double')
      for (const time of ['first', 'second']) {
        const operation = value(await port.deleteVm(vm.ref), `${time} deleteVm`)
        value(await operation.wait(), `${time} delete`)
      }
    },
  },
  {
    number: 61,
    group,
    title: 'a running VM: FAILED_PRECONDITION without force, gone with it',
    async run({ connect, create, need }) {
      const vms = need('vms')
      const port = await connect()
      const vm = await create(port, 'running', { powerOn: true })
      const refused = await port.deleteVm(vm.ref)
      failure(refused.ok ? await refused.value.wait() : refused, 'without force', 'FAILED_PRECONDITION')
      assertEqual(named(await vms(), vm.name).length, 1, 'VMs after the refusal')
      const forced = value(await port.deleteVm(vm.ref, { force: true }), 'with force')
      value(await forced.wait({ timeoutMs: patienceMs }), 'with force')
      assertEqual(named(await vms(), vm.name).length, 0, 'VMs after force')
    },
  },
  {
    number: 62,
    group,
    title: 'same id, other incarnation: refused, nothing deleted',
    async run({ connect, create, fault, need }) {
      const replace = fault('replace')
      const [vms, counts] = [need('vms'), need('counts')]
      const port = await connect()
      const vm = await create(port, 'replaced')
      only(vm.ref.incarnation !== undefined, 'the platform never reuses ids')
      await replace(vm.ref.id)
      const isThere = async (id: string) => (await vms()).some((one) => one.id === id)
      const started = await port.deleteVm(vm.ref)
      failure(started.ok ? await started.value.wait() : started, 'delete of a replaced VM', ...refusals)
      assert(await isThere(vm.ref.id), 'the VM that has the id now is still there', 'it was deleted')

      // A rehearsal tells which checkpoint is the last before the first write.
      const rehearsed = await create(port, 'rehearsed')
      await need('resetCounts')()
      let beforeWrite = 0
      const rehearsal = await port.deleteVm(unpinned(rehearsed.ref), {
        async onCheckpoint() {
          if ((await counts()).writes === 0) beforeWrite += 1
        },
      })
      value(await value(rehearsal, 'deleteVm').wait({ timeoutMs: patienceMs }), 'delete by id alone')

      const other = await create(port, 'replaced-late')
      let checkpoints = 0
      const late = await port.deleteVm(unpinned(other.ref), {
        async onCheckpoint() {
          checkpoints += 1
          if (checkpoints === beforeWrite) await replace(other.ref.id)
        },
      })
      const answer = late.ok ? await late.value.wait({ timeoutMs: patienceMs }) : late
      assert(
        checkpoints >= beforeWrite,
        'the VM was replaced between plan and write',
        `${checkpoints} of ${beforeWrite} checkpoints`,
      )
      failure(answer, 'delete of a VM replaced between plan and write', ...refusals)
      assert(
        await isThere(other.ref.id),
        'the VM that took the id between plan and write is still there',
        'it was deleted',
      )
    },
  },
]

/** The ref as somebody has it who never read the VM: the verb has to pin the incarnation itself. */
function unpinned({ endpoint, id }: VmRef): VmRef {
  return { endpoint, id }
}
