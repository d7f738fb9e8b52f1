import type { Vm } from '../cluster/cluster.js'
import { failure } from '../http/platform-error.js'
import type { World } from '../world.js'
import { settle } from './ha-work.js'
import type { Answer, Call, Operation } from './operation.js'
import { relocate } from './qemu-migrate.js'
import type { Row } from './resource-rows.js'

function vmOfSid(world: World, sid: string): Vm {
  const vmid = Number(/(?:^|:)(\d+)$/.exec(sid)?.[1])
  const vm = world.cluster.vms.get(vmid)
  if (vm === undefined) throw failure(`unable to parse resource id '${sid}'`)
  return vm
}

function sidOf(vm: Vm): string {
  return `${vm.kind === 'lxc' ? 'ct' : 'vm'}:${vm.vmid}`
}

function resourceRow(vm: Vm): Row {
  return {
    sid: sidOf(vm),
    type: vm.kind === 'lxc' ? 'ct' : 'vm',
    state: vm.ha?.requested ?? 'ignored',
    ...(vm.ha?.comment === undefined ? {} : { comment: vm.ha.comment }),
    digest: '0'.repeat(40),
  }
}

function managed(world: World): Vm[] {
  return [...world.cluster.vms.values()].filter((vm) => vm.ha !== undefined)
}

function addResource({ world, parameters }: Call): Answer {
  const vm = vmOfSid(world, parameters.text('sid'))
  if (vm.ha !== undefined) throw failure(`resource ID '${sidOf(vm)}' already defined`)
  const requested = parameters.optionalText('state') ?? 'started'
  vm.ha = {
    requested,
    state: requested,
    comment: parameters.optionalText('comment'),
    group: parameters.optionalText('group'),
  }
  void settle(world, vm)
  return { data: null }
}

function readResource({ world, parameters }: Call): Answer {
  return { data: resourceRow(requireManaged(world, parameters.text('sid'))) }
}

function requireManaged(world: World, sid: string): Vm {
  const vm = vmOfSid(world, sid)
  if (vm.ha === undefined) throw failure(`no such resource '${sid}'`)
  return vm
}

function updateResource({ world, parameters }: Call): Answer {
  const vm = requireManaged(world, parameters.text('sid'))
  if (vm.ha !== undefined) vm.ha.requested = parameters.optionalText('state') ?? vm.ha.requested
  void settle(world, vm)
  return { data: null }
}

function removeResource({ world, parameters }: Call): Answer {
  requireManaged(world, parameters.text('sid')).ha = undefined
  return { data: null }
}

function migrateResource({ world, parameters }: Call): Answer {
  const vm = requireManaged(world, parameters.text('sid'))
  const target = parameters.text('node')
  const node = world.cluster.nodes.get(target)
  if (node === undefined) throw failure(`no such cluster node '${target}'`)
  const blocking = blockedBy(world, vm, target)
  if (blocking.length === 0 && vm.ha !== undefined) {
    vm.ha.state = 'migrate'
    void world.clock
      .sleep(world.timing.haRoundMs)
      .then(() => {
        relocate(world, vm, target)
        if (vm.ha !== undefined) vm.ha.state = vm.ha.requested
      })
      .catch(() => {})
  }
  return {
    data: {
      sid: sidOf(vm),
      'requested-node': target,
      ...(blocking.length === 0 ? {} : { 'blocking-resources': blocking }),
    },
  }
}

/** Guests that must not share a node with this one and are on the target. */
function blockedBy(world: World, vm: Vm, target: string): Row[] {
  const rows: Row[] = []
  for (const rule of world.cluster.haRules.values()) {
    const sids = String(rule.values.get('resources') ?? '').split(',')
    if (rule.values.get('affinity') !== 'negative' || !sids.includes(sidOf(vm))) continue
    for (const sid of sids) {
      if (sid !== sidOf(vm) && vmOfSid(world, sid).node === target) rows.push({ sid, cause: 'resource-affinity' })
    }
  }
  return rows
}

function addRule({ world, parameters }: Call): Answer {
  const id = parameters.text('rule')
  const values = new Map<string, string | number>()
  for (const [key, value] of parameters.entries()) {
    if (key !== 'rule') values.set(key, typeof value === 'number' ? value : String(value))
  }
  const count = String(values.get('resources') ?? '').split(',').length
  if (values.get('affinity') === 'negative' && count > world.cluster.nodes.size) {
    throw failure(
      `create ha rule failed: 400 Rule '${id}' is invalid.\nresources: rule defines more resources than available nodes`,
    )
  }
  world.cluster.haRules.set(id, { id, values })
  if (values.get('affinity') === 'negative') spread(world, String(values.get('resources') ?? '').split(','))
  return { data: null }
}

/** Guests that must not share a node are moved apart in the manager's next round. */
function spread(world: World, sids: readonly string[]): void {
  const nodes = [...world.cluster.nodes.keys()]
  void world.clock
    .sleep(world.timing.haRoundMs)
    .then(() => {
      const taken = new Set<string>()
      for (const sid of sids) {
        const vm = vmOfSid(world, sid)
        if (taken.has(vm.node)) relocate(world, vm, nodes.find((node) => !taken.has(node)) ?? vm.node)
        taken.add(vm.node)
      }
    })
    .catch(() => {})
}

function updateRule({ world, parameters }: Call): Answer {
  const rule = world.cluster.haRules.get(parameters.text('rule'))
  if (rule === undefined) throw failure(`update ha rule failed: no such ha rule '${parameters.text('rule')}'`)
  for (const [key, value] of parameters.entries()) {
    if (key !== 'rule' && key !== 'delete') rule.values.set(key, typeof value === 'number' ? value : String(value))
  }
  return { data: null }
}

function status({ world }: Call): Answer {
  const quorum: Row = {
    id: 'quorum',
    type: 'quorum',
    node: world.contactNode,
    status: world.cluster.quorate ? 'OK' : 'No quorum on node!',
    quorate: world.cluster.quorate ? 1 : 0,
  }
  const fencing: Row = {
    id: 'fencing',
    type: 'fencing',
    node: world.contactNode,
    status: 'standby (CRM watchdog standby)',
    'armed-state': 'standby',
  }
  const services = managed(world).map((vm) => ({
    id: `service:${sidOf(vm)}`,
    type: 'service',
    sid: sidOf(vm),
    node: vm.node,
    state: vm.ha?.state,
    request_state: vm.ha?.requested,
    crm_state: vm.ha?.state,
    status: `${sidOf(vm)} (${vm.node}, ${vm.ha?.state ?? ''})`,
  }))
  return { data: [quorum, fencing, ...services] }
}

export const haOperations: readonly Operation[] = [
  { key: 'GET /cluster/ha/resources', run: ({ world }) => ({ data: managed(world).map(resourceRow) }) },
  { key: 'POST /cluster/ha/resources', run: addResource },
  { key: 'GET /cluster/ha/resources/{sid}', run: readResource },
  { key: 'PUT /cluster/ha/resources/{sid}', run: updateResource },
  { key: 'DELETE /cluster/ha/resources/{sid}', run: removeResource },
  { key: 'POST /cluster/ha/resources/{sid}/migrate', run: migrateResource },
  {
    key: 'GET /cluster/ha/rules',
    run: ({ world }) => ({
      data: [...world.cluster.haRules.values()].map((rule) => ({ rule: rule.id, ...Object.fromEntries(rule.values) })),
    }),
  },
  { key: 'POST /cluster/ha/rules', run: addRule },
  { key: 'PUT /cluster/ha/rules/{rule}', run: updateRule },
  {
    key: 'DELETE /cluster/ha/rules/{rule}',
    run({ world, parameters }) {
      world.cluster.haRules.delete(parameters.text('rule'))
      return { data: null }
    },
  },
  { key: 'GET /cluster/ha/status/current', run: status },
]
