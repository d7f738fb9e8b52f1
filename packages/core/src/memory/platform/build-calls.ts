import { createHash } from 'node:crypto'
import { forgetFiles } from './guests.js'
import type { Handlers } from './handlers.js'
import type { NewNic, NewVm } from './native-calls.js'
import { NativeRefusal } from './native-error.js'
import type { NativeNic, NativeVm } from './native-types.js'
import { need, needFreeVm, nextId, type Site, siteTime } from './site.js'
import { beginTask } from './tasks.js'
import { addDisk, freeVolume, growDisk } from './volumes.js'

/** How many clones of one template may run at once. */
export const clonesAtOnce = 4

type BuildCall = 'vm.clone' | 'vm.create' | 'vm.change' | 'vm.seed' | 'disk.grow' | 'disk.add'

/** Everything that makes VMs or changes what they are made of. */
export const buildCalls: Pick<Handlers, BuildCall> = {
  'vm.clone': (site, args) => {
    const template = need(site.vms, args.template, 'template')
    if (!template.template) throw new NativeRefusal('WRONG_STATE', `'${args.template}' is no template`)
    if (roomForClones(site, template) <= 0) {
      throw new NativeRefusal('TOO_MANY_CLONES', `${clonesAtOnce} clones of '${template.name}' are under way`)
    }
    const { cpus, memoryBytes, firmware, guestOs, guest } = template
    const vm = place(site, args, {
      cpus,
      memoryBytes,
      firmware,
      ...(guestOs !== undefined && { guestOs }),
      guest: { ...guest },
    })
    vm.metadata['clone.of'] = template.id
    vm.nics = template.nics.map((nic) => ({ ...nic, mac: newMac(site) }))
    return beginTask(site, {
      call: 'vm.clone',
      vm,
      ms: site.timings.cloneMs,
      lock: 'build',
      finish() {
        for (const [index, { key, store, sizeBytes, volume }] of template.disks.entries()) {
          const base = args.linked ? { base: volume } : {}
          addDisk(site, vm, { key, store: args.stores[index] ?? store, sizeBytes, ...base })
        }
        vm.state = 'HALTED'
      },
      abandon: () => fault(vm),
    })
  },
  'vm.create': (site, args) => {
    const { cpus, memoryBytes, firmware = 'bios', guestOs, image } = args
    if (image !== undefined) need(site.images, image, 'image')
    const guest = { tools: 'acpi', obeys: true, stopMs: site.timings.stopMs, bootMs: site.timings.bootMs } as const
    const vm = place(site, args, { cpus, memoryBytes, firmware, ...(guestOs !== undefined && { guestOs }), guest })
    if (image !== undefined) vm.image = image
    return beginTask(site, {
      call: 'vm.create',
      vm,
      ms: site.timings.createMs,
      lock: 'build',
      finish() {
        for (const [index, disk] of args.disks.entries()) addDisk(site, vm, { key: `disk${index}`, ...disk })
        vm.state = 'HALTED'
      },
      abandon: () => fault(vm),
    })
  },
  'vm.change': (site, { change, unless, ...target }) => {
    const vm = needFreeVm(site, target)
    if (unless !== undefined && vm.metadata[unless] !== undefined) {
      throw new NativeRefusal('MARKED', `the metadata of '${vm.id}' has '${unless}'`)
    }
    if (change.cpus !== undefined && (change.cpus < 1 || change.cpus > 64)) {
      throw new NativeRefusal('BAD_VALUE', 'cpus must be 1 to 64')
    }
    const { nics, metadata, tags, note, ...values } = change
    const changedNics = nics?.map((nic, index) => nicOf(site, nic, index))
    Object.assign(vm, values)
    if (changedNics) vm.nics = changedNics
    if (tags) vm.tags = [...tags]
    if (note !== undefined) vm.note = note
    if (metadata) vm.metadata = { ...vm.metadata, ...metadata }
    vm.version += 1
    return null
  },
  'vm.seed': (site, { seed, ...target }) => {
    const vm = needFreeVm(site, target)
    const { password, userData, ...told } = seed
    Object.assign(vm.guest, told)
    if (password !== undefined) vm.guest.passwordDigest = digest(password)
    if (userData !== undefined) vm.guest.userDataDigest = digest(userData)
    vm.version += 1
    return null
  },
  'disk.grow': (site, { key, sizeBytes, ...target }) => {
    const vm = needFreeVm(site, target)
    const disk = vm.disks.find((candidate) => candidate.key === key)
    if (!disk) throw new NativeRefusal('NO_SUCH_OBJECT', `'${vm.id}' has no disk '${key}'`)
    if (disk.sizeBytes === sizeBytes) return null
    if (sizeBytes < disk.sizeBytes) throw new NativeRefusal('BAD_VALUE', `disk '${key}' cannot be made smaller`)
    const finish = () => growDisk(site, disk, sizeBytes)
    return beginTask(site, { call: 'disk.grow', vm, ms: site.timings.growMs, lock: 'disk', finish, abandon: () => {} })
  },
  'disk.add': (site, { key, store, sizeBytes, ...target }) => {
    const vm = needFreeVm(site, target)
    if (vm.disks.some((disk) => disk.key === key)) return null
    const finish = () => void addDisk(site, vm, { key, store, sizeBytes })
    return beginTask(site, { call: 'disk.add', vm, ms: site.timings.growMs, lock: 'disk', finish, abandon: () => {} })
  },
}

/** The id and the claim are taken here, in one go: of two contenders one gets a refusal. */
export function place(
  site: Site,
  { id, name, claim, host, pool, metadata }: NewVm,
  hardware: Pick<NativeVm, 'cpus' | 'memoryBytes' | 'firmware' | 'guest'> & { readonly guestOs?: string },
): NativeVm {
  if (need(site.hosts, host, 'host').state === 'down') {
    throw new NativeRefusal('HOST_DOWN', `host '${host}' does not answer`, { host })
  }
  if (pool !== undefined) need(site.pools, pool, 'pool')
  if (!/^vm-\d{1,9}$/.test(id)) throw new NativeRefusal('BAD_VALUE', `'${id}' is no VM id`)
  if (site.vms.has(id)) throw new NativeRefusal('DUPLICATE_ID', `'${id}' is taken`)
  const rival = claim === undefined ? undefined : [...site.vms.values()].find((vm) => vm.claim === claim)
  if (rival) throw new NativeRefusal('DUPLICATE_CLAIM', `the claim is held by '${rival.id}'`)
  const vm: NativeVm = {
    id,
    generation: nextId(site, 'gen'),
    name,
    ...(claim !== undefined && { claim }),
    host,
    ...(pool !== undefined && { pool }),
    state: 'BUILDING',
    disks: [],
    nics: [],
    metadata: { ...metadata },
    tags: [],
    template: false,
    priority: 5,
    createdAt: siteTime(site),
    boots: 0,
    version: 1,
    ...hardware,
  }
  site.vms.set(id, vm)
  return vm
}

/** How many more clones of a template may begin. */
export function roomForClones(site: Site, template: NativeVm): number {
  const clones = [...site.tasks.values()].filter(
    (task) => task.call === 'vm.clone' && task.state === 'running' && task.vm && isCloneOf(site, task.vm, template),
  )
  return clonesAtOnce - clones.length
}

function isCloneOf(site: Site, id: string, template: NativeVm): boolean {
  return site.vms.get(id)?.metadata['clone.of'] === template.id
}

/** What a failed or stopped building leaves: a VM that is good for nothing but removal. */
export function fault(vm: NativeVm): void {
  vm.state = 'FAULT'
}

function nicOf(site: Site, nic: NewNic, index: number): NativeNic {
  need(site.nets, nic.net, 'net')
  const { mac = newMac(site), ...rest } = nic
  return { key: `nic${index}`, mac: mac.toLowerCase(), connected: true, ...rest }
}

export function newMac(site: Site): string {
  const number = Number(nextId(site, 'mac').slice(4))
  const bytes = [0x02, 0x4d, (number >> 24) & 0xff, (number >> 16) & 0xff, (number >> 8) & 0xff, number & 0xff]
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':')
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Removes a VM and what it stands on. */
export function dropVm(site: Site, vm: NativeVm, keepDisks: boolean): void {
  site.snapshots.delete(vm.generation)
  forgetFiles(site.guests, vm)
  for (const task of site.tasks.values()) {
    // What worked on it has nothing to work on any more.
    if (task.state !== 'running' || task.vm !== vm.id || task.call === 'vm.remove') continue
    Object.assign(task, { state: 'failed', code: 'NO_SUCH_VM', text: `'${vm.id}' is gone`, endsAt: site.clock.now() })
  }
  for (const { volume } of vm.disks) {
    if (keepDisks) delete site.volumes.get(volume)?.owner
    else freeVolume(site, volume)
  }
  // A task may end after its VM was replaced behind its back: the id is another VM's then.
  if (site.vms.get(vm.id) === vm) site.vms.delete(vm.id)
}
