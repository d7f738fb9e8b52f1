import type { VsphereSimulatorFaults } from './platform-faults.js'

/** The transport has its own way, since its patterns are no JSON; `clear` too. */
type Steerable = Omit<VsphereSimulatorFaults, 'add' | 'clear'>

/** The fault switches of a simulator in another process: the same methods, answered later. */
export type RemoteFaults = {
  readonly [Name in keyof Steerable]: (...values: Parameters<Steerable[Name]>) => Promise<ReturnType<Steerable[Name]>>
}

/** One switch and its values, as they cross the control door. */
export interface RemoteFault {
  readonly name: string
  readonly values: readonly unknown[]
}

export function createRemoteFaults(send: (fault: RemoteFault) => Promise<unknown>): RemoteFaults {
  const switches = new Proxy(
    {},
    {
      // Never `then`: an object with one would be taken for a promise.
      get: (_, name) =>
        typeof name !== 'string' || name === 'then'
          ? undefined
          : (...values: readonly unknown[]) => send({ name, values }),
    },
  )
  return switches as RemoteFaults // each name leads to the method of that name at the other end
}

export function applyRemoteFault(faults: VsphereSimulatorFaults, value: unknown): unknown {
  const { name, values } = value as RemoteFault // sent by `createRemoteFaults`
  if (!Object.hasOwn(faults, name) || name === 'add' || name === 'clear') {
    throw new Error(`the simulator has no switch ${name}`)
  }
  // Its values were checked at the other end, by the type of the switch.
  const apply = faults[name as keyof Steerable] as (...values: readonly unknown[]) => unknown
  return apply(...values)
}
