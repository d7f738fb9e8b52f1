import type { ConfigValue, GuestConfig, Vm } from '../cluster/cluster.js'
import { isDiskKey } from '../cluster/drives.js'
import { createGuest } from '../cluster/guest.js'
import { defaultBoot, newIdentity, normaliseNetwork, normaliseTags } from '../cluster/guest-config.js'
import { free } from '../cluster/volumes.js'
import { failure, PlatformError, permissionError } from '../http/platform-error.js'
import { withCleanUp } from '../tasks/worker.js'
import { requireConfigRights, requireResources } from './config-rights.js'
import { prepareDrive } from './drive-work.js'
import { type Answer, type Call, fork, lockConfig, type Operation, requireQuorum } from './operation.js'
import { bringUp } from './power-work.js'

/** Parameters that steer the call and are no part of the configuration. */
const steering = new Set([
  'node',
  'vmid',
  'archive',
  'force',
  'storage',
  'pool',
  'unique',
  'start',
  'bwlimit',
  'live-restore',
  'import-working-storage',
  'ha-managed',
])

export function configFrom(call: Call, without: ReadonlySet<string> = steering): GuestConfig {
  const config: GuestConfig = new Map()
  for (const [key, value] of call.parameters.entries()) {
    if (!without.has(key)) config.set(key, normalValue(key, typeof value === 'number' ? value : String(value)))
  }
  return config
}

export function normalValue(key: string, value: ConfigValue): ConfigValue {
  if (key === 'tags') return normaliseTags(String(value))
  if (/^net\d+$/.test(key)) return normaliseNetwork(String(value))
  if (key === 'cipassword') return '**********'
  return value
}

/** The id must be free in the whole cluster; who writes the first file wins it. */
export function requireFreeId(call: Call, vmid: number): void {
  const taken = call.world.cluster.vms.get(vmid)
  if (taken === undefined) return
  const kind = taken.kind === 'lxc' ? 'CT' : 'VM'
  throw failure(`unable to create VM ${vmid} - ${kind} ${vmid} already exists on node '${taken.node}'`)
}

export function requirePool(call: Call, pool: string | undefined): void {
  if (pool !== undefined && !call.world.cluster.pools.has(pool)) throw failure(`pool '${pool}' does not exist`)
}

function createVm(call: Call): Answer {
  const { world, caller, node, parameters } = call
  const vmid = parameters.integer('vmid')
  const pool = parameters.optionalText('pool')
  if (parameters.has('archive')) {
    throw new PlatformError(501, 'not modelled by the simulator: restoring a backup (a real host answers this call)')
  }
  const mayAllocate =
    world.permissions.has(caller, `/vms/${vmid}`, 'VM.Allocate') ||
    (pool !== undefined && world.permissions.has(caller, `/pool/${pool}`, 'VM.Allocate'))
  if (!mayAllocate) throw permissionError()
  requireQuorum(world)
  requirePool(call, pool)
  const wanted = configFrom(call)
  const path = world.permissions.has(caller, `/vms/${vmid}`, 'VM.Allocate') ? `/vms/${vmid}` : `/pool/${pool}`
  requireConfigRights(call, path, wanted)
  requireResources(call, wanted)
  requireFreeId(call, vmid)
  const vm = newVm(vmid, node, new Map([['lock', 'create']]), pool)
  world.cluster.vms.set(vmid, vm)
  const starts = parameters.isSet('start')
  // An imported image holds a system; an empty disk does not.
  const isImported = [...wanted.values()].some((value) => String(value).includes('import-from='))
  if (isImported) vm.guest = createGuest({ hasSystem: true, hasAgent: true })
  return fork(call, 'qmcreate', String(vmid), async (worker) => {
    const created: string[] = []
    await withCleanUp(
      () =>
        lockConfig(world, vmid, async () => {
          await worker.pause(400)
          for (const [key, value] of wanted) {
            if (!isDiskKey(key)) continue
            const prepared = await prepareDrive(world, worker, { node, vmid }, key, String(value))
            if (prepared.created !== undefined) created.push(prepared.created)
            wanted.set(key, prepared.value)
          }
          fill(vm.config, wanted, world.clock.seconds())
          await worker.pause(1_000)
          vm.config.delete('lock')
        }),
      () => {
        for (const volid of created) free(world.cluster, node, volid)
        world.cluster.vms.delete(vmid)
      },
    ).catch((error: unknown) => {
      throw error instanceof PlatformError ? failure(`unable to create VM ${vmid} - ${error.message}`) : error
    })
    if (starts) await bringUp(world, worker, vm)
  })
}

function fill(config: GuestConfig, wanted: GuestConfig, now: number): void {
  for (const [key, value] of wanted) config.set(key, value)
  const identity = newIdentity()
  if (!config.has('smbios1')) config.set('smbios1', identity.smbios1)
  if (config.get('vmgenid') === undefined || config.get('vmgenid') === '1') config.set('vmgenid', identity.vmgenid)
  if (!config.has('boot')) config.set('boot', defaultBoot(config))
  config.set('meta', `creation-qemu=10.1.2,ctime=${now}`)
}

export function newVm(vmid: number, node: string, config: GuestConfig, pool: string | undefined): Vm {
  return {
    kind: 'qemu',
    vmid,
    node,
    published: undefined,
    config,
    pending: new Map(),
    snapshots: new Map(),
    running: undefined,
    pool,
    ha: undefined,
    guest: createGuest({ hasSystem: false, hasAgent: false }),
  }
}

export const qemuCreateOperations: readonly Operation[] = [{ key: 'POST /nodes/{node}/qemu', run: createVm }]
