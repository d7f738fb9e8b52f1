import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ProxmoxSimulator, startProxmoxSimulator } from '../../src/simulator/index.js'
import { findPythons } from './pythons.js'

const run = promisify(execFile)
const script = fileURLToPath(new URL('./proxmoxer_session.py', import.meta.url))
const pythons = findPythons()

let simulator: ProxmoxSimulator

beforeAll(async () => {
  simulator = await startProxmoxSimulator({ speed: 100 })
})

afterAll(() => simulator?.close())

interface TaskSeen {
  readonly exitstatus: string
  readonly lines: number
  readonly last: string
}

interface SessionSeen {
  readonly collision: string
  readonly cloned: TaskSeen
}

// CI installs both and must not pass without them.
it.runIf(process.env.DCM_REQUIRE_OUTSIDE === '1')('proxmoxer is at hand', () => {
  expect(pythons.length).toBeGreaterThan(0)
})

describe.skipIf(pythons.length === 0)('other clients than ours drive the simulator', () => {
  it.each(pythons)(
    'proxmoxer $proxmoxer logs in by ticket and by token, lists, creates, clones and follows tasks',
    async (python) => {
      const { credentials, port } = simulator
      const endpoint = {
        host: '127.0.0.1',
        port,
        user: credentials.user,
        password: credentials.password,
        tokenName: credentials.tokenId.split('!')[1],
        tokenSecret: credentials.tokenSecret,
      }
      const { stdout } = await run(python.path, [script], {
        env: { ...process.env, PVE_ENDPOINT: JSON.stringify(endpoint), PYTHONWARNINGS: 'ignore' },
      })
      const seen = JSON.parse(stdout) as Record<'ticket' | 'token', SessionSeen> // printed by our script
      for (const how of ['ticket', 'token'] as const) {
        const ok = { exitstatus: 'OK', last: 'TASK OK' }
        expect(seen[how]).toMatchObject({
          version: '9.2',
          nodes: ['pve1', 'pve2', 'pve3'],
          templates: ['alma-10', 'debian-13-cloud'],
          storages: ['local', 'local-lvm', 'shared'],
          created: ok,
          config: `blank-${how}`,
          tags: 'prod;web',
          cloned: ok,
          started: ok,
          running: 'running',
          stopped: ok,
          deleted: [ok, ok],
          left: [9000, 9001],
        })
        expect(seen[how].cloned.lines).toBeGreaterThan(5)
        expect(seen[how].collision).toContain('already exists')
      }
      expect(simulator.vms().map((vm) => vm.vmid)).toEqual([9000, 9001])
    },
  )
})
