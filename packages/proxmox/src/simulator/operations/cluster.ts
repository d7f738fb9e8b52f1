import { nodesInOrder } from '../cluster/cluster.js'
import { failure, parameterError } from '../http/platform-error.js'
import type { Answer, Call, Operation } from './operation.js'
import { resourceRows } from './resource-rows.js'
import { listedTask } from './task-rows.js'

function status({ world }: Call): Answer {
  const nodes = nodesInOrder(world.cluster)
  const cluster = {
    type: 'cluster',
    id: 'cluster',
    name: world.cluster.name,
    version: nodes.length,
    nodes: nodes.length,
    quorate: world.cluster.quorate ? 1 : 0,
  }
  const rows = nodes.map((node) => ({
    type: 'node',
    id: `node/${node.name}`,
    name: node.name,
    nodeid: node.nodeId,
    ip: node.address,
    online: node.online ? 1 : 0,
    local: node.name === world.contactNode ? 1 : 0,
    level: '',
  }))
  return { data: [cluster, ...rows] }
}

/** A free id, as text. Nothing is reserved: two callers get the same. */
function nextId({ world, parameters }: Call): Answer {
  const wanted = parameters.optionalInteger('vmid')
  if (wanted !== undefined) {
    if (world.cluster.vms.has(wanted)) throw parameterError({ vmid: `VM ${wanted} already exists` })
    return { data: String(wanted) }
  }
  const { lower, upper } = idRange(world.cluster.options.get('next-id'))
  for (let id = lower; id < upper; id += 1) {
    if (!world.cluster.vms.has(id)) return { data: String(id) }
  }
  throw failure(`unable to get any free VMID in range [${lower}, ${upper}]`)
}

function idRange(option: string | number | undefined): { readonly lower: number; readonly upper: number } {
  const text = String(option ?? '')
  return {
    lower: Number(/lower=(\d+)/.exec(text)?.[1] ?? 100),
    upper: Number(/upper=(\d+)/.exec(text)?.[1] ?? 1_000_000),
  }
}

/** Recent tasks of all nodes. Without Sys.Audit a user sees his own, and a token none at all. */
function tasks({ world, caller }: Call): Answer {
  if (world.timing.statisticsIntervalMs === 0) return { data: [] } // the nodes tell it along with their statistics
  const seesAll = world.permissions.has(caller, '/', 'Sys.Audit')
  const visible = world.tasks
    .all()
    .filter((task) => seesAll || (caller.token === undefined && task.user === caller.user))
  return { data: visible.reverse().slice(0, 25).map(listedTask) }
}

function options({ world, caller }: Call): Answer {
  const all = Object.fromEntries(world.cluster.options)
  if (world.permissions.has(caller, '/', 'Sys.Audit')) return { data: all }
  const open = ['console', 'tag-style', 'mac_prefix'].filter((key) => Object.hasOwn(all, key))
  return { data: Object.fromEntries(open.map((key) => [key, all[key]])) }
}

function setOptions({ world, parameters }: Call): Answer {
  for (const [key, value] of parameters.entries()) {
    if (key === 'delete') for (const gone of parameters.list('delete')) world.cluster.options.delete(gone)
    else world.cluster.options.set(key, typeof value === 'number' ? value : String(value))
  }
  return { data: null }
}

function joinInformation({ world }: Call): Answer {
  const nodelist = nodesInOrder(world.cluster).map((node) => ({
    name: node.name,
    nodeid: String(node.nodeId),
    pve_addr: node.address,
    pve_fp: node.fingerprint256,
    quorum_votes: '1',
    ring0_addr: node.address,
  }))
  return {
    data: {
      nodelist,
      preferred_node: world.contactNode,
      config_digest: 'a8a5d2a1f3b0c94c5e2f4b1b6a9d8c7e6f5a4b3c',
      totem: { cluster_name: world.cluster.name, config_version: String(nodelist.length), version: '2', secauth: 'on' },
    },
  }
}

export const clusterOperations: readonly Operation[] = [
  { key: 'GET /cluster/status', run: status },
  {
    key: 'GET /cluster/resources',
    run: ({ world, caller, parameters }) => ({ data: resourceRows(world, caller, parameters.optionalText('type')) }),
  },
  { key: 'GET /cluster/nextid', run: nextId },
  { key: 'GET /cluster/tasks', run: tasks },
  { key: 'GET /cluster/options', run: options },
  { key: 'PUT /cluster/options', run: setOptions },
  { key: 'GET /cluster/config/join', run: joinInformation },
]
