import { dropVm } from './build-calls.js'
import type { Handlers } from './handlers.js'
import { NativeRefusal } from './native-error.js'
import { needFreeVm } from './site.js'
import { snapshotsOf } from './snapshot-calls.js'
import { beginTask } from './tasks.js'
import { needUnshared } from './volumes.js'

/** VMs that become templates, and back. */
export const templateCalls: Pick<Handlers, 'vm.convert' | 'template.drop'> = {
  'vm.convert': (site, { template, ...target }) => {
    const vm = needFreeVm(site, target)
    if (vm.template === template) return null
    if (vm.state !== 'HALTED') throw new NativeRefusal('WRONG_STATE', `'${vm.id}' is ${vm.state}, not HALTED`)
    if (template && snapshotsOf(site, vm).length > 0) {
      throw new NativeRefusal('IN_USE', `'${vm.id}' has snapshots, which a template cannot have`)
    }
    if (!template) needUnshared(site, vm)
    vm.template = template
    vm.version += 1
    return null
  },
  'template.drop': (site, target) => {
    const known = site.vms.get(target.id)
    if (!known || known.generation !== target.generation) return null
    if (known.lock === 'remove' && known.task !== undefined) return { task: known.task }
    const vm = needFreeVm(site, target)
    if (!vm.template) throw new NativeRefusal('WRONG_STATE', `'${vm.id}' is no template any more`)
    needUnshared(site, vm)
    const finish = (): void => {
      // A linked clone may have been begun meanwhile.
      needUnshared(site, vm)
      dropVm(site, vm, false)
    }
    return beginTask(site, {
      call: 'template.drop',
      vm,
      ms: site.timings.removeMs,
      lock: 'remove',
      finish,
      abandon: () => {},
    })
  },
}
