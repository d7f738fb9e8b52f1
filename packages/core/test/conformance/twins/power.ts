import { err, HypervisorError, type HypervisorPort } from '@dcm/core'
import { but, type Fault, type TwinGroup } from './twin.js'

export const powerTwins: TwinGroup = {
  tries: [52, 54, 55, 56, 57],
  twins: [
    {
      name: 'strict',
      breaks: 'it refuses to stop a stopped VM',
      checks: [52],
      make: () =>
        stopping((port) => async (ref, options) => {
          const vm = await port.getVm(ref)
          const isStopped = vm.ok && vm.value.powerState === 'stopped'
          return isStopped
            ? err(new HypervisorError('FAILED_PRECONDITION', 'it is stopped'))
            : port.stopVm(ref, options)
        }),
    },
    {
      name: 'brute',
      breaks: 'its graceful stop pulls the plug',
      checks: [53],
      make: () => stopping((port) => (ref, options) => port.stopVm(ref, { ...options, mode: 'hard' })),
    },
    {
      name: 'too gentle',
      breaks: 'it never pulls the plug, whatever the mode',
      checks: [54],
      make: () =>
        stopping(
          (port) => (ref, options) =>
            port.stopVm(ref, { ...options, mode: options?.mode === 'hard' ? 'hard' : 'graceful' }),
        ),
    },
    {
      name: 'coarse',
      breaks: 'it calls a paused VM suspended',
      checks: [55],
      make: () => ({
        adapter: (adapter) => ({
          async getVm(ref, context) {
            const vm = await adapter.getVm(ref, context)
            return vm.powerState === 'paused' ? { ...vm, powerState: 'suspended' } : vm
          },
        }),
      }),
    },
    {
      name: 'lock blind',
      breaks: 'it does not tell that a VM is locked',
      checks: [56],
      make: () => ({
        adapter: (adapter) => ({
          async getVm(ref, context) {
            const { locked: _, ...vm } = await adapter.getVm(ref, context)
            return vm
          },
        }),
      }),
    },
    {
      name: 'pretender',
      breaks: 'its restart does nothing but look',
      checks: [57],
      make: () => ({
        adapter: ({ operations }) => ({
          operations: {
            ...operations,
            restartVm: but(operations.restartVm, { steps: operations.restartVm.steps.slice(0, 1) }),
          },
        }),
      }),
    },
  ],
}

/** Another `stopVm`. */
function stopping(stopVm: (port: HypervisorPort) => HypervisorPort['stopVm']): Fault {
  return { port: (port) => but(port, { stopVm: stopVm(port) }) }
}
