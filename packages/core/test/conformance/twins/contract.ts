import { err, HypervisorError, type HypervisorPort } from '@dcm/core'
import { blur, but, type TwinGroup } from './twin.js'

export const contractTwins: TwinGroup = {
  tries: [1, 2, 3, 4, 5, 6, 7, 9],
  twins: [
    {
      name: 'from the future',
      breaks: 'its manifest is made for another version of the port',
      checks: [1],
      make: () => ({ port: (port) => but(port, { plugin: { ...port.plugin, portVersion: 99 } }) }),
    },
    {
      name: 'moody',
      breaks: 'its capabilities change from call to call',
      checks: [2],
      make() {
        let asked = 0
        return {
          port: (port) =>
            but(port, {
              async capabilities(options) {
                const answer = await port.capabilities(options)
                asked += 1
                return answer.ok ? { ok: true, value: { ...answer.value, version: `1.${asked}` } } : answer
              },
            }),
        }
      },
    },
    {
      name: 'shy',
      breaks: 'it refuses a facet that its capabilities list',
      checks: [3],
      also: [4],
      make: () => ({
        port: (port) =>
          but(port, {
            facet: async (name, options) =>
              name === 'snapshots' ? err(new HypervisorError('UNSUPPORTED', 'not today')) : port.facet(name, options),
          }),
      }),
    },
    {
      name: 'boaster',
      breaks: 'a method of a listed facet answers UNSUPPORTED',
      checks: [4],
      make: () => ({
        port: (port) =>
          but(port, {
            async facet(name, options) {
              const answer = await port.facet(name, options)
              if (!answer.ok || name !== 'snapshots') return answer
              return { ok: true, value: but(answer.value, unsupported(answer.value)) }
            },
          }),
      }),
    },
    {
      name: 'tight-lipped',
      breaks: 'it gives no reason for a facet it lacks',
      checks: [5],
      make: () => ({
        port: (port) =>
          but(port, {
            facet: async (name, options) =>
              blur(await port.facet(name, options), 'UNSUPPORTED', () => new HypervisorError('UNSUPPORTED', 'no')),
          }),
      }),
    },
    {
      name: 'innumerate',
      breaks: 'a VM has a number that JSON cannot hold',
      checks: [6],
      make: () => ({
        adapter: (adapter) => ({
          getVm: async (ref, context) => ({ ...(await adapter.getVm(ref, context)), cpus: Number.NaN }),
        }),
      }),
    },
    {
      name: 'cartographer',
      breaks: 'a VM holds a Map, of which JSON keeps nothing',
      checks: [6],
      make: () => ({
        adapter: (adapter) => ({
          async getVm(ref, context) {
            const vm = await adapter.getVm(ref, context)
            return { ...vm, disks: vm.disks.map((disk) => ({ ...disk, partitions: new Map() })) }
          },
        }),
      }),
    },
    {
      name: 'gossip',
      breaks: 'it logs a password',
      checks: [7],
      make: () => ({
        port(port, { request, harness }) {
          request.overhear?.({ message: `logging in with ${harness?.scenario.secrets[1]}` })
          return port
        },
      }),
    },
    {
      name: 'touchy',
      breaks: 'its second close rejects',
      checks: [8],
      make: () => ({
        port(port) {
          let closed = false
          return but(port, {
            async close() {
              if (closed) throw new TypeError('closed already')
              closed = true
              await port.close()
            },
          })
        },
      }),
    },
    {
      name: 'siamese',
      breaks: 'closing one instance closes all',
      checks: [9],
      make() {
        const ports: HypervisorPort[] = []
        return {
          port(port) {
            ports.push(port)
            return but(port, { close: async () => void (await Promise.all(ports.map((one) => one.close()))) })
          },
        }
      },
    },
    {
      name: 'session sharer',
      breaks: 'an instance with a wrong password uses the session of another with the right one',
      checks: [9],
      make: () => ({
        connect: (connect) => (request) => connect({ ...request, credentials: 'good' }),
      }),
    },
  ],
}

/** Every method of a facet, answering UNSUPPORTED. */
function unsupported<T extends object>(facet: T): Partial<T> {
  const answer = async () => err(new HypervisorError('UNSUPPORTED', 'nobody wrote this method'))
  // The same keys with other functions.
  return Object.fromEntries(Object.keys(facet).map((method) => [method, answer])) as Partial<T>
}
