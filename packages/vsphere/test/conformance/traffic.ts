import type { RequestCounts } from '@dcm/core/conformance/run'
import type { VsphereSimulatorProcess } from '@dcm/vsphere/simulator'

const mutations = '(?:\\w+_Task|PowerOn\\w*|ShutdownGuest|RebootGuest|MarkAs\\w+|CreateFolder|AnswerVM)$'

/** Calls that change something; the name of a call ends its path. */
export const mutationPattern: string = `#${mutations}`

export const isMutation = (method: string): boolean => new RegExp(`^${mutations}`).test(method)

export async function countsOf(simulator: VsphereSimulatorProcess): Promise<RequestCounts> {
  const requests = await simulator.requests()
  const mutation = new RegExp(mutationPattern)
  return {
    requests: requests.length,
    writes: requests.filter(({ path }) => mutation.test(path)).length,
    logins: requests.filter(({ path }) => path.endsWith('#Login')).length,
    connections: await simulator.connectionsAtOnce(),
    concurrency: await simulator.concurrency(),
  }
}
