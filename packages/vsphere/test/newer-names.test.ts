import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mapError } from '../src/adapter/map-errors.js'
import { createVsphereClient, reference, type VsphereClient } from '../src/client/index.js'
import { startVsphereSimulator, type VsphereSimulator } from '../src/simulator/index.js'
import { closeAll } from './close-all.js'

const vm = reference('VirtualMachine', 'vm-1')
const files = reference('FileManager', 'FileManager')

async function first(rows: AsyncIterable<unknown>): Promise<unknown> {
  for await (const row of rows) return row
  return undefined
}

const newer: [string, string, (client: VsphereClient) => Promise<unknown>][] = [
  ['FileManager.QueryFileLockInfo', '8.0.2.0', (client) => client.call(files, 'QueryFileLockInfo', { path: '[a] b' })],
  [
    'VirtualMachine.ReconfigVM_Task.spec.metroFtEnabled',
    '8.0.3.0',
    (client) => client.run(vm, 'ReconfigVM_Task', { spec: { name: 'new', metroFtEnabled: true } }),
  ],
  ['VirtualMachine.config.pmem', '7.0.3.0', (client) => client.read(vm, 'VirtualMachine', ['name', 'config.pmem'])],
  [
    'VirtualMachine.config.metroFtEnabled',
    '8.0.3.0',
    (client) => first(client.retrieve('VirtualMachine', ['config.metroFtEnabled'], { missing: 'allow' })),
  ],
  [
    'VirtualMachine.config.numaInfo.coresPerNumaNode',
    '8.0.0.1',
    (client) => first(client.readMany([vm], 'VirtualMachine', ['config.numaInfo.coresPerNumaNode'])),
  ],
  [
    'VirtualMachine.config.deviceSwap',
    '8.0.0.1',
    (client) => first(client.watch('VirtualMachine', ['config.deviceSwap'])),
  ],
]

describe('what is newer than the version of the API that is spoken with a server', () => {
  let simulator: VsphereSimulator
  let client: VsphereClient
  beforeAll(async () => {
    simulator = await startVsphereSimulator({ speed: 100, apiVersion: '7.0.2.0' })
    client = createVsphereClient({ url: simulator.url, ca: simulator.ca, auth: simulator.credentials })
    await client.sessionCookie()
  })
  afterAll(() => closeAll([simulator, client]))

  it.each(newer)('%s is refused by both versions, and nothing is sent', async (name, version, work) => {
    const before = simulator.requests.count({})
    const error = await work(client).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      name: 'VsphereError',
      kind: 'unsupported',
      outcome: 'not-started',
      retryable: false,
      message: `${name} came with version ${version} of the API, and 7.0.2.0 is spoken with this server: it needs a newer server`,
    })
    expect(mapError(error, { endpoint: 'lab', principal: '' })).toMatchObject({
      code: 'UNSUPPORTED',
      outcome: 'not-started',
    })
    expect(simulator.requests.count({})).toBe(before)
  })

  it('lets through what came with this version or before, and goes on', async () => {
    const paths = ['name', 'guest.customizationInfo', 'runtime.suspendedToMemory'] as const
    expect(await first(client.retrieve('VirtualMachine', paths, { missing: 'allow' }))).toHaveProperty('name')
    expect(await client.call(reference('ServiceInstance', 'ServiceInstance'), 'CurrentTime')).toBeTruthy()
  })

  it('sends it to a server that is new enough', async () => {
    await using latest = await startVsphereSimulator({ speed: 100, apiVersion: '9.1.0.0' })
    await using other = createVsphereClient({ url: latest.url, ca: latest.ca, auth: latest.credentials })
    const paths = ['name', 'config.metroFtEnabled'] as const
    expect(await first(other.retrieve('VirtualMachine', paths, { missing: 'allow' }))).toHaveProperty('name')
  })
})
