import { dropVm } from './build-calls.js'
import type { Handlers } from './handlers.js'
import { NativeRefusal } from './native-error.js'
import type { NativeVm } from './native-types.js'
import { needFreeVm, type Site, siteTime } from './site.js'
import { beginTask } from './tasks.js'
import { needUnshared } from './volumes.js'

type PowerCall = 'vm.start' | 'vm.thaw' | 'vm.halt' | 'vm.shutdown' | 'vm.reboot' | 'vm.reset' | 'vm.remove'

const up: ReadonlySet<string> = new Set(['UP', 'BOOTING', 'QUIESCING', 'FROZEN'])

/** Everything that starts, stops and removes VMs. */
export const powerCalls: Pick<Handlers, PowerCall> = {
  'vm.start': (site, target) => {
    const vm = inState(needFreeVm(site, target), 'HALTED', 'HIBERNATED')
    takeMemory(site, vm)
    const before = vm.state
    vm.state = 'BOOTING'
    const ms = site.timings.startMs + vm.guest.bootMs
    const abandon = become(vm, before)
    return beginTask(site, { call: 'vm.start', vm, ms, finish: () => boot(site, vm), abandon })
  },
  'vm.thaw': (site, target) => {
    const vm = inState(needFreeVm(site, target), 'FROZEN')
    const finish = become(vm, 'UP')
    return beginTask(site, { call: 'vm.thaw', vm, ms: site.timings.startMs, finish, abandon: () => {} })
  },
  'vm.halt': (site, target) => {
    const vm = inState(needFreeVm(site, target), ...up, 'HIBERNATED', 'FAULT')
    return beginTask(site, { call: 'vm.halt', vm, ms: site.timings.haltMs, finish: () => off(vm), abandon: () => {} })
  },
  'vm.shutdown': (site, target) => {
    const vm = asked(inState(needFreeVm(site, target), 'UP', 'QUIESCING'))
    if (!vm.guest.obeys || vm.state === 'QUIESCING') return null
    vm.state = 'QUIESCING'
    const finish = () => {
      // Somebody may have pulled the plug meanwhile, or started it anew.
      if (vm.state === 'QUIESCING') off(vm)
    }
    beginTask(site, { call: 'vm.shutdown', vm, ms: vm.guest.stopMs, finish })
    return null
  },
  'vm.reboot': (site, target) => {
    const vm = asked(inState(needFreeVm(site, target), 'UP'))
    if (!vm.guest.obeys) return null
    vm.state = 'BOOTING'
    const ms = vm.guest.stopMs + vm.guest.bootMs
    beginTask(site, { call: 'vm.reboot', vm, ms, finish: () => boot(site, vm) })
    return null
  },
  'vm.reset': (site, target) => {
    const vm = inState(needFreeVm(site, target), ...up)
    vm.state = 'BOOTING'
    return beginTask(site, { call: 'vm.reset', vm, ms: vm.guest.bootMs, finish: () => boot(site, vm) })
  },
  'vm.remove': (site, { keepDisks, ...target }) => {
    const vm = inState(needFreeVm(site, target), 'HALTED', 'HIBERNATED', 'FAULT')
    if (!keepDisks) needUnshared(site, vm)
    const before = vm.state
    vm.state = 'REMOVING'
    return beginTask(site, {
      call: 'vm.remove',
      vm,
      ms: site.timings.removeMs,
      lock: 'remove',
      finish: () => dropVm(site, vm, keepDisks),
      abandon: become(vm, before),
    })
  },
}

function become(vm: NativeVm, state: string): () => void {
  return () => {
    vm.state = state
  }
}

function inState(vm: NativeVm, ...states: readonly string[]): NativeVm {
  if (states.includes(vm.state)) return vm
  throw new NativeRefusal('WRONG_STATE', `'${vm.id}' is ${vm.state}, not ${[...states].join(' or ')}`)
}

function asked(vm: NativeVm): NativeVm {
  if (vm.guest.tools !== 'none') return vm
  throw new NativeRefusal('NO_TOOLS', `the guest of '${vm.id}' has no way to be asked`)
}

function boot(site: Site, vm: NativeVm): void {
  // Somebody may have pulled the plug meanwhile.
  if (vm.state !== 'BOOTING') return
  vm.state = 'UP'
  vm.boots += 1
  vm.bootedAt = siteTime(site)
}

function off(vm: NativeVm): void {
  vm.state = 'HALTED'
  delete vm.bootedAt
}

/** Memory in use by VMs that are up. */
function takeMemory(site: Site, vm: NativeVm): void {
  const host = site.hosts.get(vm.host)
  if (!host) return
  const used = memoryUsed(site, host.id)
  const available = host.memoryBytes - used
  if (vm.memoryBytes <= available) return
  const facts = { resource: host.id, requested: vm.memoryBytes, available }
  throw new NativeRefusal('NO_MEMORY', `host '${host.name}' has ${available} bytes of memory left`, facts)
}

/** Memory that the VMs running on a host take, in bytes. */
export function memoryUsed(site: Site, host: string): number {
  let used = 0
  for (const vm of site.vms.values()) if (vm.host === host && up.has(vm.state)) used += vm.memoryBytes
  return used
}
