import type { HypervisorPort } from '@dcm/core'
import { but, type TwinGroup } from './twin.js'

export const limitTwins: TwinGroup = {
  tries: [81],
  twins: [
    {
      name: 'lane hopper',
      breaks: 'it ignores the widths of lanes',
      checks: [81],
      make: () => ({
        connect:
          (connect) =>
          ({ lanes: _, ...request } = {}) =>
            connect(request),
      }),
    },
    {
      name: 'socket eater',
      breaks: 'each read of a VM connects anew and leaves its socket open',
      checks: [82],
      also: [81],
      make: () => ({
        connect: (connect) => async (request) => {
          const port = await connect(request)
          const opened: HypervisorPort[] = []
          return but(port, {
            async getVm(ref, options) {
              const another = await connect(request)
              opened.push(another)
              return another.getVm(ref, options)
            },
            close: async () => void (await Promise.all([port, ...opened].map((one) => one.close()))),
          })
        },
      }),
    },
  ],
}
