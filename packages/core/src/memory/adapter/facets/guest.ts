import { HypervisorError } from '../../../errors/hypervisor-error.js'
import { reachableAddresses } from '../../../model/facets/addresses.js'
import type { AdapterFacetOf } from '../../../model/facets/facets.js'
import type { GuestInfo } from '../../../model/facets/guest.js'
import type { AnswerOf } from '../../platform/native-calls.js'
import type { Connection } from '../connection.js'
import { lookAt, targetOf, wrongState } from '../vm-state.js'
import { vmOperation } from './vm-operation.js'

const defaultLimitMs = 60_000
const longestFile = 1_048_576

/** Through the agent, which asks for no login. */
export function guestFacet(connection: Connection): AdapterFacetOf<'guest'> {
  const { endpoint } = connection
  return {
    async info({ ref }, { signal }) {
      const vm = await lookAt(connection, ref, signal)
      return mapGuest(await connection.call('guest.info', targetOf(vm), signal))
    },
    async readFile({ ref, path, maxBytes = longestFile }, { signal }) {
      const vm = await lookAt(connection, ref, signal)
      return connection.call('guest.read', { ...targetOf(vm), path, maxBytes }, signal)
    },
    async writeFile({ ref, path, dataBase64 }, { signal }) {
      const vm = await lookAt(connection, ref, signal)
      return connection.call('guest.write', { ...targetOf(vm), path, dataBase64 }, signal)
    },
    exec: vmOperation(connection, {
      plan(vm) {
        if (vm.state === 'UP' && vm.guest.tools === 'agent') return { run: crypto.randomUUID() }
        throw wrongState(vm, 'no agent of a running guest can be asked to run it', endpoint, 'no-agent')
      },
      send({ input, state, signal }) {
        const { run = '' } = state
        return connection.call('guest.run', { ...targetOf(state), run, command: [...input.command] }, signal)
      },
      judge({ input, state, begunAt, now }) {
        const { limitMs = defaultLimitMs } = input
        if (now() - begunAt <= limitMs) return
        const message = `the program has not ended within ${limitMs} ms; it may go on in the guest: give it more time with limitMs`
        throw new HypervisorError('TIMEOUT', message, {
          endpoint,
          resource: state.id ?? '',
          outcome: 'unknown',
          retryable: false,
          details: { timeoutMs: limitMs },
        })
      },
      result: ({ state, signal }) => connection.call('guest.exit', { run: state.run ?? '' }, signal),
    }),
  }
}

function mapGuest({ agent, hostName, osName, interfaces: told }: AnswerOf<'guest.info'>): GuestInfo {
  const interfaces = told.map(({ name, mac, addresses }) => ({
    name,
    ...(mac !== undefined && { macAddress: mac }),
    addresses,
  }))
  return {
    agent,
    ...(hostName !== undefined && { hostname: hostName }),
    ...(osName !== undefined && { osName }),
    interfaces,
    addresses: reachableAddresses(interfaces),
  }
}
