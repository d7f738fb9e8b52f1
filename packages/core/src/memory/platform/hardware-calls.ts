import { newMac } from './build-calls.js'
import type { Handlers } from './handlers.js'
import { NativeRefusal } from './native-error.js'
import type { NativeNic } from './native-types.js'
import { need, needFreeVm } from './site.js'
import { isHeld, snapshotsOf } from './snapshot-calls.js'
import { beginTask } from './tasks.js'
import { freeVolume, isShared, moveVolume, ownerOf } from './volumes.js'

type HardwareCall = 'disk.plug' | 'disk.unplug' | 'nic.set' | 'vm.move' | 'vm.hibernate' | 'vm.freeze'

/** Changes of what a VM is made of, and of where it is. Each is the same when it is sent twice. */
export const hardwareCalls: Pick<Handlers, HardwareCall> = {
  'disk.plug': (site, { key, volume: id, ...target }) => {
    const vm = needFreeVm(site, target)
    if (vm.disks.some((disk) => disk.volume === id)) return null
    const volume = need(site.volumes, id, 'volume')
    if (volume.owner !== undefined) throw new NativeRefusal('WRONG_STATE', `volume '${id}' is in use`)
    if (vm.disks.some((disk) => disk.key === key)) throw new NativeRefusal('BAD_VALUE', `there is a disk '${key}'`)
    volume.owner = ownerOf(vm)
    vm.disks.push({ key, volume: id, store: volume.store, sizeBytes: volume.sizeBytes })
    vm.version += 1
    return null
  },
  'disk.unplug': (site, { key, destroy, ...target }) => {
    const vm = needFreeVm(site, target)
    const disk = vm.disks.find((candidate) => candidate.key === key)
    if (!disk) return null
    if (isHeld(site, vm, disk.volume)) {
      throw new NativeRefusal('WRONG_STATE', `a snapshot of '${vm.id}' needs the disk '${key}'`)
    }
    if (destroy && isShared(site, disk.volume)) {
      throw new NativeRefusal('IN_USE', `linked clones read from the disk '${key}' of '${vm.id}'`)
    }
    vm.disks = vm.disks.filter((candidate) => candidate !== disk)
    if (destroy) freeVolume(site, disk.volume)
    else delete site.volumes.get(disk.volume)?.owner
    vm.version += 1
    return null
  },
  'nic.set': (site, { key, nic, ...target }) => {
    const vm = needFreeVm(site, target)
    const before = vm.nics.find((candidate) => candidate.key === key)
    if (nic === null) vm.nics = vm.nics.filter((candidate) => candidate !== before)
    else {
      need(site.nets, nic.net, 'net')
      const { vlan, mac = before?.mac ?? newMac(site), net, connected } = nic
      const after: NativeNic = { key, net, connected, mac: mac.toLowerCase(), ...(vlan !== undefined && { vlan }) }
      vm.nics = before ? vm.nics.map((one) => (one === before ? after : one)) : [...vm.nics, after]
    }
    vm.version += 1
    return null
  },
  'vm.move': (site, { host = '', store, ...target }) => {
    const vm = needFreeVm(site, target)
    const there = need(site.hosts, host, 'host')
    const moving = vm.disks.filter((disk) => store !== undefined && disk.store !== store)
    if (vm.host === host && moving.length === 0) return null
    if (there.state !== 'ready') throw new NativeRefusal('HOST_DOWN', `host '${host}' takes no VMs now`, { host })
    if (moving.length > 0 && snapshotsOf(site, vm).length > 0) {
      throw new NativeRefusal('WRONG_STATE', `'${vm.id}' has snapshots, which cannot be moved to another store`)
    }
    const before = vm.state
    vm.state = 'MOVING'
    const finish = (): void => {
      vm.state = before
      for (const disk of moving) moveVolume(site, disk, store ?? disk.store)
      vm.host = host
      vm.version += 1
    }
    const abandon = (): void => {
      vm.state = before
    }
    return beginTask(site, { call: 'vm.move', vm, ms: site.timings.moveMs, lock: 'move', finish, abandon })
  },
  'vm.freeze': (site, target) => {
    const vm = needFreeVm(site, target)
    if (vm.state === 'FROZEN') return null
    if (vm.state !== 'UP') throw new NativeRefusal('WRONG_STATE', `'${vm.id}' is ${vm.state}, not UP`)
    vm.state = 'FROZEN'
    return null
  },
  'vm.hibernate': (site, target) => {
    const vm = needFreeVm(site, target)
    if (vm.state === 'HIBERNATED') return null
    if (vm.state !== 'UP' && vm.state !== 'FROZEN') {
      throw new NativeRefusal('WRONG_STATE', `'${vm.id}' is ${vm.state}, not UP or FROZEN`)
    }
    const finish = (): void => {
      vm.state = 'HIBERNATED'
      delete vm.bootedAt
    }
    return beginTask(site, {
      call: 'vm.hibernate',
      vm,
      ms: site.timings.haltMs,
      lock: 'suspend',
      finish,
      abandon: () => {},
    })
  },
}
