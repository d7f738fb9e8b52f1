import type { Cluster, Vm } from './cluster.js'
import { bootDisk } from './drives.js'
import { cpuCount, isTemplate, memoryMib } from './guest-config.js'
import { parseSize } from './sizes.js'

/** Bytes of the disk that lists show. */
export function maxDiskBytes(vm: Vm): number {
  const boot = vm.kind === 'lxc' ? vm.config.get('rootfs') : undefined
  if (boot !== undefined) return parseSize(/size=([^,]+)/.exec(String(boot))?.[1] ?? '') ?? 0
  return parseSize(bootDisk(vm.config)?.options.get('size') ?? '') ?? 0
}

export function nameOf(vm: Vm): string {
  return String(
    vm.config.get(vm.kind === 'lxc' ? 'hostname' : 'name') ?? `${vm.kind === 'lxc' ? 'CT' : 'VM'} ${vm.vmid}`,
  )
}

/** What a node broadcasts about its guests; lists rest on the last broadcast. Nodes that are down broadcast nothing. */
export function publishStatistics(cluster: Cluster, now: number): void {
  for (const vm of cluster.vms.values()) {
    if (cluster.nodes.get(vm.node)?.online !== true) continue
    if (vm.config.get('lock') === 'clone' && vm.config.size < 3) continue
    publish(vm, now)
  }
}

export function publish(vm: Vm, now: number): void {
  vm.published = {
    status: vm.running === undefined ? 'stopped' : 'running',
    name: nameOf(vm),
    template: isTemplate(vm) ? 1 : 0,
    cpus: cpuCount(vm.config),
    maxMemory: memoryMib(vm.config) * 1024 * 1024,
    maxDisk: maxDiskBytes(vm),
    startedAt: vm.running?.startedAt,
    publishedAt: now,
  }
}

/** Figures of a guest that make sense for its size and age, the same for the same moment. */
export function loadFigures(
  vmid: number,
  maxMemory: number,
  uptimeSeconds: number,
): { readonly cpu: number; readonly mem: number; readonly traffic: number } {
  if (uptimeSeconds <= 0) return { cpu: 0, mem: 0, traffic: 0 }
  const wave = ((vmid * 37 + Math.floor(uptimeSeconds / 10)) % 100) / 100
  return {
    cpu: Number((0.01 + wave * 0.2).toFixed(4)),
    mem: Math.round(maxMemory * (0.2 + wave * 0.4)),
    traffic: Math.round(uptimeSeconds * (500 + (vmid % 50) * 20)),
  }
}
