import { inspect } from 'node:util'
import { snapshotTree } from '../../../model/facets/snapshots.js'
import { gib } from '../../../units.js'
import { assert, assertEqual, failure, value } from '../../assert.js'
import { type Check, only } from '../../check.js'
import { ending, facetOf, finish } from './facet-of.js'
import { guestCheck } from './guest-check.js'

const group = 'facets'

/** Checks 75 to 80; each is skipped unless the endpoint's capabilities list its facet. */
export const facetChecks: readonly Check[] = [
  {
    number: 75,
    group,
    title: 'snapshots create, list, tree, revert, delete; duplicate names by id; delete spares children unless asked',
    async run(context) {
      const port = await context.connect()
      const snapshots = await facetOf('snapshots', port, context)
      const { ref, name } = await context.create(port, 'kept', { powerOn: false })
      const first = await finish(snapshots.create({ ref, name: 'same' }), 'the first snapshot')
      const again = await ending(snapshots.create({ ref, name: 'same' }))
      if (!again.ok) failure(again, 'a second snapshot of that name', 'ALREADY_EXISTS')
      const middle = again.ok
        ? value(await snapshots.list({ ref }), 'list').snapshots.find(({ parent }) => parent === first.id)
        : await finish(snapshots.create({ ref, name: 'middle' }), 'the second snapshot')
      assert(middle && middle.id !== first.id, 'a second snapshot has an id of its own and lies on the first', middle)
      const top = await finish(snapshots.create({ ref, name: 'top' }), 'the third snapshot')
      const chain = snapshotTree(value(await snapshots.list({ ref }), 'list'))
      assertEqual(
        [chain[0]?.id, chain[0]?.children[0]?.id, chain[0]?.children[0]?.children[0]?.id],
        [first.id, middle.id, top.id],
        'the tree',
      )
      const reverted = await finish(snapshots.revert({ ref, snapshot: first.id }), 'revert')
      assertEqual([reverted.ref.id, reverted.name], [ref.id, name], 'the VM that was reverted')
      assertEqual(value(await snapshots.list({ ref }), 'list').current, first.id, 'current after the revert')
      await finish(snapshots.delete({ ref, snapshot: middle.id }), 'delete of one')
      const left = value(await snapshots.list({ ref }), 'list').snapshots
      assertEqual(left.map(({ id }) => id).sort(), [first.id, top.id].sort(), 'children are spared')
      assertEqual(left.find(({ id }) => id === top.id)?.parent, first.id, 'the parent of the child that was spared')
      await finish(snapshots.delete({ ref, snapshot: first.id, children: true }), 'delete with children')
      assertEqual(value(await snapshots.list({ ref }), 'list').snapshots, [], 'nothing is left')
      const gone = await finish(snapshots.delete({ ref, snapshot: first.id }), 'delete of one that is gone')
      assertEqual(gone.removed, [], 'what a second delete removed')
      failure(await ending(snapshots.revert({ ref, snapshot: first.id })), 'revert to one that is gone', 'NOT_FOUND')
    },
  },
  {
    number: 76,
    group,
    title: 'reconfigure: cpu and memory; what needs a power-off is said before; shrinking a disk refused',
    async run(context) {
      const port = await context.connect()
      const reconfigure = await facetOf('reconfigure', port, context)
      const vm = await context.create(port, 'grown', { powerOn: false, cpus: 1 })
      const { ref } = vm
      const changes = { ref, cpus: 2, memoryBytes: vm.memoryBytes + gib(1) }
      assertEqual(value(await reconfigure.preview(changes), 'preview').needsPowerOff, [], 'preview of a stopped VM')
      await finish(reconfigure.apply(changes), 'apply')
      const after = value(await port.getVm(ref), 'getVm')
      assertEqual([after.cpus, after.memoryBytes], [changes.cpus, changes.memoryBytes], 'cpus and memory')
      await finish(port.startVm(ref), 'start')
      const { needsPowerOff } = value(await reconfigure.preview({ ref, cpus: 1 }), 'preview of a running VM')
      const applied = await ending(reconfigure.apply({ ref, cpus: 1 }))
      if (needsPowerOff.length > 0) failure(applied, 'what the preview said needs a power-off', 'FAILED_PRECONDITION')
      else value(applied, 'what the preview said can be done while it runs')
      assertEqual(value(await port.getVm(ref), 'getVm').powerState, 'running', 'no VM is stopped for a change')
      if (!(await context.capabilities()).facets.includes('disks')) return
      const disks = await facetOf('disks', port, context)
      const disk = after.disks[0]
      only(disk?.capacityBytes !== undefined, 'the VM has no disk of known size')
      const smaller = disks.grow({ ref, key: disk?.key ?? '', sizeBytes: (disk?.capacityBytes ?? 0) / 2 })
      failure(await ending(smaller), 'a smaller disk', 'INVALID_ARGUMENT')
    },
  },
  {
    number: 77,
    group,
    title: 'migrate: the ref survives',
    async run(context) {
      const port = await context.connect()
      const { migrate } = await facetOf('migrate', port, context)
      const vm = await context.create(port, 'moved', { powerOn: false })
      const hosts = value(await port.listHosts(), 'listHosts').items
      const other = hosts.find(({ id, status }) => id !== vm.host && status === 'up')
      only(other !== undefined, 'there is no second host')
      await finish(migrate({ ref: vm.ref, host: { id: other?.id ?? '' } }), 'migrate')
      const found = value(await port.getVm(vm.ref), 'getVm by the ref from before')
      assertEqual([found.name, found.host], [vm.name, other?.id], 'name and host')
      await finish(migrate({ ref: vm.ref, host: { id: other?.id ?? '' } }), 'migrate to where it is')
    },
  },
  {
    number: 78,
    group,
    title: 'events: resumed from a cursor without a gap; a reset is signalled',
    async run(context) {
      const port = await context.connect()
      const events = await facetOf('events', port, context)
      const start = value(await events.next(), 'the first cursor')
      assertEqual(start.events, [], 'events before the first cursor')
      const { ref } = await context.create(port, 'seen', { powerOn: false })
      const other = await (await context.connect()).facet('events')
      const made = value(await value(other, 'events of another port').next({ cursor: start.cursor }), 'next')
      assert(
        made.events.some((event) => event.type !== 'reset' && event.ref.id === ref.id),
        'another port that goes on from the cursor is told of the VM',
        made.events,
      )
      await finish(port.deleteVm(ref), 'delete')
      const after = value(await events.next({ cursor: made.cursor }), 'next')
      assert(
        after.events.some((event) => event.type === 'vm-removed' && event.ref.id === ref.id),
        'the removal is told after the cursor',
        after.events,
      )
      const lost = await events.next({ cursor: 'of-nobody' })
      if (lost.ok) assertEqual(lost.value.events[0]?.type, 'reset', 'the first event after a cursor nobody gave')
      else failure(lost, 'a cursor nobody gave', 'INVALID_ARGUMENT')
    },
  },
  {
    number: 79,
    group,
    title: 'console: the ticket expires, is redacted, and is another one each time',
    async run(context) {
      const port = await context.connect()
      const { open } = await facetOf('console', port, context)
      const { ref } = await context.create(port, 'screen', { powerOn: true })
      const ticket = value(await open({ ref, kind: 'screen' }), 'open')
      assert(!Number.isNaN(Date.parse(ticket.expiresAt)), 'expiresAt is an ISO time', ticket.expiresAt)
      const secret = ticket.secret.reveal()
      assert(secret.length > 0, 'the ticket has a secret', 'an empty one')
      assert(
        !JSON.stringify(ticket).includes(secret) && !inspect(ticket).includes(secret),
        'nothing prints the secret',
        'it is printed',
      )
      const second = value(await open({ ref, kind: 'screen' }), 'open')
      assert(!second.secret.equals(ticket.secret), 'each ticket is another one', 'the same secret')
    },
  },
  guestCheck,
]
