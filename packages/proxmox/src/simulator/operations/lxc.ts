import type { GuestConfig, Vm } from '../cluster/cluster.js'
import { ownedVolumes, printDrive } from '../cluster/drives.js'
import { createGuest } from '../cluster/guest.js'
import { digestOf, memoryMib, normaliseTags, requireUnlocked, requireVm } from '../cluster/guest-config.js'
import { allocationBytes, printSize } from '../cluster/sizes.js'
import { loadFigures, maxDiskBytes, nameOf } from '../cluster/statistics.js'
import { free, requireStorage, storageOfVolid } from '../cluster/volumes.js'
import { failure, permissionError } from '../http/platform-error.js'
import { withCleanUp } from '../tasks/worker.js'
import type { World } from '../world.js'
import { type Answer, type Call, fork, lockConfig, type Operation, requireQuorum } from './operation.js'
import { requireFreeId, requirePool } from './qemu-create.js'
import type { Row } from './resource-rows.js'
import { allocateLogged } from './volume-work.js'

const steering = new Set([
  'node',
  'vmid',
  'ostemplate',
  'storage',
  'pool',
  'password',
  'ssh-public-keys',
  'start',
  'unique',
  'force',
  'restore',
  'bwlimit',
  'ignore-unpack-errors',
  'ha-managed',
])

function containerOf({ world, node, parameters }: Call): Vm {
  return requireVm(world.cluster, node, parameters.integer('vmid'), 'lxc')
}

function row(world: World, vm: Vm): Row {
  const maxmem = memoryMib(vm.config) * 1024 * 1024
  const uptime =
    vm.running === undefined ? 0 : Math.max(0, Math.floor((world.clock.now() - vm.running.startedAt) / 1000))
  const load = loadFigures(vm.vmid, maxmem, uptime)
  const tags = vm.config.get('tags')
  const lock = vm.config.get('lock')
  return {
    vmid: vm.vmid,
    name: nameOf(vm),
    type: 'lxc',
    status: vm.running === undefined ? 'stopped' : 'running',
    cpus: Number(vm.config.get('cores') ?? 1),
    maxmem,
    mem: load.mem,
    maxswap: Number(vm.config.get('swap') ?? 512) * 1024 * 1024,
    swap: 0,
    maxdisk: maxDiskBytes(vm),
    disk: 0,
    cpu: load.cpu,
    uptime,
    netin: load.traffic,
    netout: 0,
    diskread: 0,
    diskwrite: 0,
    ...(tags === undefined ? {} : { tags }),
    ...(lock === undefined ? {} : { lock }),
    ...(vm.running === undefined ? {} : { pid: vm.running.pid }),
  }
}

function listContainers({ world, caller, node }: Call): Answer {
  const visible = [...world.cluster.vms.values()].filter(
    (vm) => vm.kind === 'lxc' && vm.node === node && world.permissions.has(caller, `/vms/${vm.vmid}`, 'VM.Audit'),
  )
  return { data: visible.map((vm) => row(world, vm)) }
}

function create(call: Call): Answer {
  const { world, caller, node, parameters } = call
  requireQuorum(world)
  const vmid = parameters.integer('vmid')
  const pool = parameters.optionalText('pool')
  const paths = [`/vms/${vmid}`, ...(pool === undefined ? [] : [`/pool/${pool}`])]
  if (!paths.some((path) => world.permissions.has(caller, path, 'VM.Allocate'))) throw permissionError()
  requirePool(call, pool)
  requireFreeId(call, vmid)
  const rootfs = parameters.optionalText('rootfs') ?? `${parameters.optionalText('storage') ?? 'local'}:4`
  const storage = requireStorage(world.cluster, storageOfVolid(rootfs), node)
  const config: GuestConfig = new Map([['lock', 'create']])
  const vm: Vm = {
    kind: 'lxc',
    vmid,
    node,
    published: undefined,
    config,
    pending: new Map(),
    snapshots: new Map(),
    running: undefined,
    pool,
    ha: undefined,
    guest: createGuest({ hasSystem: true, hasAgent: false }),
  }
  world.cluster.vms.set(vmid, vm)
  return fork(call, 'vzcreate', String(vmid), (worker) =>
    withCleanUp(
      () =>
        lockConfig(world, vmid, async () => {
          const volume = await allocateLogged(world, worker, {
            storage,
            node,
            vmid,
            sizeBytes: allocationBytes(Number(/:(\d+(?:\.\d+)?)/.exec(rootfs)?.[1] ?? 4)),
            format: 'raw',
            ctime: world.clock.seconds(),
            purpose: 'disk',
            content: 'rootdir',
          })
          worker.log(`extracting archive '${parameters.text('ostemplate')}'`)
          await worker.pause(3_000)
          for (const [key, value] of parameters.entries()) {
            if (!steering.has(key)) config.set(key, typeof value === 'number' ? value : String(value))
          }
          const tags = config.get('tags')
          if (tags !== undefined) config.set('tags', normaliseTags(String(tags)))
          config.set('rootfs', printDrive(volume.volid, [['size', printSize(volume.sizeBytes)]]))
          config.set('arch', 'amd64')
          config.set('ostype', 'debian')
          config.delete('lock')
          worker.warn('Systemd 257 detected. You may need to enable nesting.')
        }),
      () => void world.cluster.vms.delete(vmid),
    ),
  )
}

function start(call: Call): Answer {
  const { world } = call
  const vmid = call.parameters.integer('vmid')
  return fork(call, 'vzstart', String(vmid), (worker) =>
    lockConfig(world, vmid, async () => {
      const vm = containerOf(call)
      requireUnlocked(vm)
      if (vm.running !== undefined) throw failure(`CT ${vmid} already running`)
      await worker.pause(2_000)
      vm.running = {
        pid: worker.pid + 11,
        startedAt: world.clock.now(),
        qmpStatus: 'running',
      }
      worker.warn('Systemd 257 detected. You may need to enable nesting.')
    }),
  )
}

function stopBy(type: 'vzstop' | 'vzshutdown'): (call: Call) => Answer {
  return (call) => {
    const { world } = call
    const vm = containerOf(call)
    if (vm.running === undefined) throw failure(`CT ${vm.vmid} not running`)
    return fork(call, type, String(vm.vmid), (worker) =>
      lockConfig(world, vm.vmid, async () => {
        requireUnlocked(vm)
        await worker.pause(1_500)
        vm.running = undefined
      }),
    )
  }
}

function destroy(call: Call): Answer {
  const { world } = call
  requireQuorum(world)
  const vm = containerOf(call)
  if (vm.config.get('protection') === 1) throw failure(`can't remove CT ${vm.vmid} - protection mode enabled`)
  if (vm.running !== undefined && !call.parameters.isSet('force')) {
    throw failure(`unable to destroy CT ${vm.vmid} - container is running`)
  }
  return fork(call, 'vzdestroy', String(vm.vmid), (worker) =>
    lockConfig(world, vm.vmid, async () => {
      requireUnlocked(vm)
      await worker.pause(700)
      for (const volid of ownedVolumes(vm.config, vm.vmid)) free(world.cluster, vm.node, volid)
      world.cluster.vms.delete(vm.vmid)
    }),
  )
}

function currentStatus(call: Call): Answer {
  const vm = containerOf(call)
  return { data: { ...row(call.world, vm), ha: { managed: vm.ha === undefined ? 0 : 1 } } }
}

function config(call: Call): Answer {
  const vm = containerOf(call)
  return { data: { ...Object.fromEntries(vm.config), digest: digestOf(vm) } }
}

function interfaces(call: Call): Answer {
  const vm = containerOf(call)
  if (vm.running === undefined) throw failure(`CT ${vm.vmid} not running`)
  return { data: [{ name: 'lo', hwaddr: '00:00:00:00:00:00', inet: '127.0.0.1/8', inet6: '::1/128' }] }
}

const base = '/nodes/{node}/lxc'

export const lxcOperations: readonly Operation[] = [
  { key: `GET ${base}`, run: listContainers },
  { key: `POST ${base}`, run: create },
  { key: `DELETE ${base}/{vmid}`, run: destroy },
  { key: `GET ${base}/{vmid}/config`, run: config },
  { key: `GET ${base}/{vmid}/interfaces`, run: interfaces },
  { key: `GET ${base}/{vmid}/status/current`, run: currentStatus },
  { key: `POST ${base}/{vmid}/status/start`, run: start },
  { key: `POST ${base}/{vmid}/status/stop`, run: stopBy('vzstop') },
  { key: `POST ${base}/{vmid}/status/shutdown`, run: stopBy('vzshutdown') },
]
