import { HypervisorError, mib, type VmInfo } from '@dcm/core'
import { blur, but, operated, type TwinGroup } from './twin.js'

export const getTwins: TwinGroup = {
  tries: [31, 32, 33, 34, 35, 36],
  twins: [
    {
      name: 'pedant',
      breaks: 'it finds no VM by its id alone',
      checks: [31],
      make: () => ({
        port: (port) =>
          but(port, {
            getVm: (ref, options) =>
              port.getVm(ref.locator || ref.incarnation ? ref : { ...ref, id: `${ref.id}-unknown` }, options),
          }),
      }),
    },
    {
      name: 'persistent',
      breaks: 'it calls an unknown VM worth another try',
      checks: [32],
      make: () => ({
        port: (port) =>
          but(port, {
            getVm: async (ref, options) =>
              blur(
                await port.getVm(ref, options),
                'NOT_FOUND',
                ({ message }) => new HypervisorError('NOT_FOUND', message, { retryable: true }),
              ),
          }),
      }),
    },
    {
      name: 'stay-at-home',
      breaks: 'it tells the host that a VM was on when it was first seen',
      checks: [33],
      make() {
        const hosts = new Map<string, string | undefined>()
        const stale = (vm: VmInfo): VmInfo => {
          const host = hosts.get(vm.ref.id) ?? vm.host
          hosts.set(vm.ref.id, host)
          return but(vm, { ...(host !== undefined && { host }) })
        }
        return {
          port: (port) =>
            but(port, {
              createVm: async (spec, options) =>
                operated(await port.createVm(spec, options), (operation) => ({
                  async wait(wish) {
                    const answer = await operation.wait(wish)
                    return answer.ok ? { ok: true, value: stale(answer.value) } : answer
                  },
                })),
              async getVm(ref, options) {
                const answer = await port.getVm(ref, options)
                return answer.ok ? { ok: true, value: stale(answer.value) } : answer
              },
            }),
        }
      },
    },
    {
      name: 'cosmopolitan',
      breaks: 'it takes refs of other endpoints for its own',
      checks: [34],
      make: () => ({
        port: (port) =>
          but(port, { getVm: (ref, options) => port.getVm({ ...ref, endpoint: port.endpoint }, options) }),
      }),
    },
    {
      name: 'reincarnated',
      breaks: 'it takes another VM of the same id for the one that was meant',
      checks: [35],
      make: () => ({
        port: (port) => but(port, { getVm: ({ endpoint, id }, options) => port.getVm({ endpoint, id }, options) }),
      }),
    },
    {
      name: 'rounder',
      breaks: 'it rounds memory up to whole 512 MiB',
      checks: [36],
      make: () => ({
        port: (port) =>
          but(port, {
            createVm({ memoryBytes, ...spec }, options) {
              const rounded = memoryBytes && Math.ceil(memoryBytes / mib(512)) * mib(512)
              return port.createVm({ ...spec, ...(rounded && { memoryBytes: rounded }) }, options)
            },
          }),
      }),
    },
  ],
}
