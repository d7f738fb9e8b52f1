import { err, type HypervisorPort } from '@dcm/core'
import { but, type Fault, type TwinGroup } from './twin.js'

export const deleteTwins: TwinGroup = {
  tries: [58, 59, 60, 61, 62],
  twins: [
    {
      name: 'hoarder',
      breaks: 'it never deletes disks',
      checks: [58],
      make: () => deleting((port) => (ref, options) => port.deleteVm(ref, { ...options, disks: 'keep' })),
    },
    {
      name: 'shredder',
      breaks: 'it deletes disks that were to be kept',
      checks: [59],
      make: () => deleting((port) => (ref, options) => port.deleteVm(ref, { ...options, disks: 'delete' })),
    },
    {
      name: 'missing the dead',
      breaks: 'it cannot delete what is gone already',
      checks: [60],
      make: () =>
        deleting((port) => async (ref, options) => {
          const vm = await port.getVm(ref)
          return vm.ok || ref.endpoint !== port.endpoint ? port.deleteVm(ref, options) : err(vm.error)
        }),
    },
    {
      name: 'ruthless',
      breaks: 'it deletes running VMs without being told to',
      checks: [61],
      make: () => deleting((port) => (ref, options) => port.deleteVm(ref, { ...options, force: true })),
    },
    {
      name: 'wrong victim',
      breaks: 'it deletes whatever VM has the id',
      checks: [62],
      make: () =>
        deleting(
          (port) =>
            ({ endpoint, id }, options) =>
              port.deleteVm({ endpoint, id }, options),
        ),
    },
    {
      name: 'late victim',
      breaks: 'it does not look again whether the VM is still the one it planned to delete',
      checks: [62],
      make: () => ({
        send: (send) => (request, signal) => {
          if (request.call !== 'vm.remove') return send(request, signal)
          const { generation: _, ...args } = request.args as { readonly id: string; readonly generation?: string }
          return send({ ...request, args }, signal)
        },
      }),
    },
  ],
}

/** Another `deleteVm`. */
function deleting(deleteVm: (port: HypervisorPort) => HypervisorPort['deleteVm']): Fault {
  return { port: (port) => but(port, { deleteVm: deleteVm(port) }) }
}
