import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { startVsphereSimulator } from '../../src/simulator/index.js'
import { findPython } from './pythons.js'

const run = promisify(execFile)
const script = fileURLToPath(new URL('./pyvmomi_session.py', import.meta.url))
const python = findPython()

interface Endpoint {
  readonly port: number
  readonly user: string
  readonly password: string
  readonly template: string
}

async function drive(endpoint: Endpoint): Promise<unknown> {
  const { stdout } = await run(python ?? '', [script], {
    env: { ...process.env, VSPHERE_ENDPOINT: JSON.stringify({ host: '127.0.0.1', ...endpoint }) },
    timeout: 150_000,
  })
  return JSON.parse(stdout)
}

// CI installs it and must not pass without it.
it.runIf(process.env.DCM_REQUIRE_OUTSIDE === '1')('pyvmomi is at hand', () => {
  expect(python).toBeDefined()
})

describe.skipIf(python === undefined)('pyvmomi', () => {
  it('logs in, lists, creates, clones, powers and follows tasks on the simulator', async () => {
    await using simulator = await startVsphereSimulator({ speed: 100 })
    const { username: user, password } = simulator.credentials
    const seen = await drive({ port: simulator.port, user, password, template: 'debian-13-cloud' })
    const names = ['app-01', 'app-02', 'debian-13-cloud', 'windows-2022']
    expect(seen).toEqual({
      about: 'VirtualCenter',
      created: ['blank', 2, 512],
      marker: ['k-1'],
      cloned: ['copy', false, 'success'],
      duplicate: ['copy', true],
      running: 'poweredOn',
      refused: 'poweredOn',
      snapshots: ['first'],
      annotation: 'changed & <kept>',
      found: true,
      gone: true,
      user,
      names,
      pages: 2,
      hosts: 3,
      disks: [17_179_869_184],
      left: names,
    })
    expect(simulator.sessions()).toEqual([])
  })
})
