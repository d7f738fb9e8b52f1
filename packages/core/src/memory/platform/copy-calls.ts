import { fault, newMac, place } from './build-calls.js'
import { filesOf, replaceFiles } from './guests.js'
import type { Handlers } from './handlers.js'
import { NativeRefusal } from './native-error.js'
import { needFreeVm } from './site.js'
import { needSnapshot } from './snapshot-calls.js'
import { beginTask } from './tasks.js'
import { addDisk } from './volumes.js'

const copied: ReadonlySet<string> = new Set(['HALTED', 'UP', 'FROZEN', 'HIBERNATED'])

/** VMs made of VMs. A copy is stopped, whatever its source does meanwhile. */
export const copyCalls: Pick<Handlers, 'vm.copy'> = {
  'vm.copy': (site, { source: target, snapshot, linked, store, ...args }) => {
    const source = needFreeVm(site, target)
    if (!copied.has(source.state)) throw new NativeRefusal('WRONG_STATE', `'${source.id}' is ${source.state}`)
    const held = structuredClone(snapshot === undefined ? source : needSnapshot(site, source, snapshot).held)
    const files = new Map(filesOf(site.guests, source, snapshot))
    const { firmware, guestOs, guest, note, tags } = structuredClone(source)
    const hardware = { cpus: held.cpus, memoryBytes: held.memoryBytes, firmware, guest }
    const vm = place(site, args, { ...hardware, ...(guestOs !== undefined && { guestOs }) })
    Object.assign(vm, { tags, ...(note !== undefined && { note }) })
    vm.nics = held.nics.map((nic) => ({ ...nic, mac: newMac(site) }))
    return beginTask(site, {
      call: 'vm.copy',
      vm,
      ms: site.timings.cloneMs,
      lock: 'build',
      finish() {
        if (site.vms.get(source.id) !== source) {
          throw new NativeRefusal('NO_SUCH_VM', `'${source.id}' was removed while it was copied`)
        }
        for (const disk of held.disks) {
          const base = linked ? { base: disk.volume } : {}
          addDisk(site, vm, { key: disk.key, store: store ?? disk.store, sizeBytes: disk.sizeBytes, ...base })
        }
        replaceFiles(filesOf(site.guests, vm), files)
        vm.state = 'HALTED'
      },
      abandon: () => fault(vm),
    })
  },
}
