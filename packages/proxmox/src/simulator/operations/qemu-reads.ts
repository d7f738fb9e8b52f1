import type { ConfigValue, GuestConfig, Vm } from '../cluster/cluster.js'
import { cpuCount, digestOf, isAgentEnabled, isTemplate, memoryMib, requireVm } from '../cluster/guest-config.js'
import { loadFigures, maxDiskBytes, nameOf } from '../cluster/statistics.js'
import { failure } from '../http/platform-error.js'
import type { World } from '../world.js'
import type { Answer, Call, Operation } from './operation.js'
import type { Row } from './resource-rows.js'

/** What a node says of a guest right now. */
export function liveRow(world: World, vm: Vm): Row {
  const maxmem = memoryMib(vm.config) * 1024 * 1024
  const uptime =
    vm.running === undefined ? 0 : Math.max(0, Math.floor((world.clock.now() - vm.running.startedAt) / 1000))
  const load = loadFigures(vm.vmid, maxmem, uptime)
  const tags = vm.config.get('tags')
  const lock = vm.config.get('lock')
  return {
    vmid: vm.vmid,
    name: nameOf(vm),
    status: vm.running === undefined ? 'stopped' : 'running',
    cpus: cpuCount(vm.config),
    maxmem,
    maxdisk: maxDiskBytes(vm),
    cpu: load.cpu,
    mem: load.mem,
    disk: 0,
    uptime,
    netin: load.traffic,
    netout: Math.round(load.traffic / 3),
    ...(world.traits.hostMemoryFigures ? { memhost: load.mem } : {}),
    ...(tags === undefined ? {} : { tags }),
    ...(lock === undefined ? {} : { lock }),
    ...(isTemplate(vm) ? { template: 1 } : {}),
    ...(vm.running === undefined ? {} : { pid: vm.running.pid, ...pressure(world) }),
  }
}

function pressure(world: World): Row {
  if (!world.traits.hostMemoryFigures) return {}
  return {
    pressurecpusome: 0,
    pressurecpufull: 0,
    pressureiosome: 0,
    pressureiofull: 0,
    pressurememorysome: 0,
    pressurememoryfull: 0,
  }
}

function listVms({ world, caller, node }: Call): Answer {
  const rows = [...world.cluster.vms.values()]
    .filter((vm) => vm.kind === 'qemu' && vm.node === node)
    .filter((vm) => world.permissions.has(caller, `/vms/${vm.vmid}`, 'VM.Audit'))
    .map((vm) => liveRow(world, vm))
  return { data: rows }
}

function vmOf({ world, node, parameters }: Call): Vm {
  return requireVm(world.cluster, node, parameters.integer('vmid'))
}

function currentStatus(call: Call): Answer {
  const vm = vmOf(call)
  const ha = vm.ha === undefined ? { managed: 0 } : { managed: 1, state: vm.ha.requested }
  return {
    data: {
      ...liveRow(call.world, vm),
      qmpstatus: vm.running?.qmpStatus ?? 'stopped',
      ha,
      ...(isAgentEnabled(vm.config) ? { agent: 1 } : {}),
    },
  }
}

/** Config values as the release sends them: 7.4 has `memory` as a number. */
function sent(world: World, key: string, value: ConfigValue): ConfigValue {
  if (key === 'memory') return world.traits.memoryIsText ? String(value) : Number(value)
  return key === 'cipassword' ? '**********' : value
}

function printConfig(world: World, config: GuestConfig): Record<string, ConfigValue> {
  return Object.fromEntries([...config].map(([key, value]) => [key, sent(world, key, value)]))
}

function config(call: Call): Answer {
  const vm = vmOf(call)
  const { world, parameters } = call
  const snapname = parameters.optionalText('snapshot')
  if (snapname !== undefined) {
    const snapshot = vm.snapshots.get(snapname)
    if (snapshot === undefined) throw failure(`snapshot '${snapname}' does not exist`)
    return { data: { ...printConfig(world, snapshot.config), digest: digestOf(vm) } }
  }
  const merged: GuestConfig = new Map(vm.config)
  if (!parameters.isSet('current')) {
    for (const [key, value] of vm.pending) {
      if (value === undefined) merged.delete(key)
      else merged.set(key, value)
    }
  }
  return { data: { ...printConfig(world, merged), digest: digestOf(vm) } }
}

/** `delete` is 1 for a removal that waits, 2 for one that also destroys. */
function pending(call: Call): Answer {
  const vm = vmOf(call)
  const { world } = call
  const rows: Row[] = [...vm.config].map(([key, value]) => {
    const row: Row = { key, value: sent(world, key, value) }
    if (!vm.pending.has(key)) return row
    const next = vm.pending.get(key)
    return next === undefined ? { ...row, delete: 1 } : { ...row, pending: sent(world, key, next) }
  })
  for (const [key, value] of vm.pending) {
    if (!vm.config.has(key) && value !== undefined) rows.push({ key, pending: sent(world, key, value) })
  }
  rows.push({ key: 'digest', value: digestOf(vm) })
  return { data: rows }
}

export const qemuReadOperations: readonly Operation[] = [
  { key: 'GET /nodes/{node}/qemu', run: listVms },
  { key: 'GET /nodes/{node}/qemu/{vmid}/status/current', run: currentStatus },
  { key: 'GET /nodes/{node}/qemu/{vmid}/config', run: config },
  { key: 'GET /nodes/{node}/qemu/{vmid}/pending', run: pending },
]
