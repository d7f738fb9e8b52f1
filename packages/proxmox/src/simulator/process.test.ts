import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { rawRequest } from '../../test/raw-client.js'
import { attachProxmoxSimulatorProcess, startProxmoxSimulatorProcess } from './index.js'

const folder = mkdtempSync(join(tmpdir(), 'proxmox-simulator-'))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10))
}

describe('a simulator process', () => {
  it('answers like one in process, and is counted and spoiled from outside', async () => {
    await using simulator = await startProxmoxSimulatorProcess({ speed: 200, seed: { vms: 3 } })
    const headers = { authorization: `PVEAPIToken=${simulator.credentials.token}` }
    const version = await rawRequest(simulator, 'GET', '/api2/json/version', { headers })
    expect(version.data).toMatchObject({ release: '9.2' })
    expect((await simulator.state()).vms).toHaveLength(5)
    expect((await simulator.requests()).map(({ method, path, status }) => [method, path, status])).toEqual([
      ['GET', '/api2/json/version', 200],
    ])

    await simulator.fault({ type: 'node-offline', node: 'pve2' })
    expect((await rawRequest(simulator, 'GET', '/api2/json/nodes/pve2/qemu', { headers })).status).toBe(595)
    await simulator.transportFault({ pathPattern: '/version$', times: 1, action: { type: 'garbage' } })
    await expect(rawRequest(simulator, 'GET', '/api2/json/version', { headers })).rejects.toThrow()
    await simulator.transportFault({ action: { type: 'drop-before' } })
    await expect(rawRequest(simulator, 'GET', '/api2/json/version', { headers })).rejects.toThrow()
    await simulator.clearFaults()
    expect((await rawRequest(simulator, 'GET', '/api2/json/version', { headers })).status).toBe(200)
  })

  it('opens its control door to nobody without the token', async () => {
    await using simulator = await startProxmoxSimulatorProcess()
    const path = '/simulator-control/state'
    expect((await rawRequest(simulator, 'GET', path)).status).toBe(403)
    const wrong = await rawRequest(simulator, 'GET', path, { headers: { 'x-simulator-control': 'wrong' } })
    expect(wrong.status).toBe(403)
    expect(wrong.text).not.toContain('volumes')
  })

  it('is found again by its state file, which only its owner may read', async () => {
    const stateFile = join(folder, 'found-again.json')
    const first = await startProxmoxSimulatorProcess({ stateFile, detached: true })
    expect(statSync(stateFile).mode & 0o077).toBe(0)
    const again = await attachProxmoxSimulatorProcess(stateFile)
    expect([again?.pid, again?.credentials]).toEqual([first.pid, first.credentials])
    await again?.close()
    await untilGone(first.pid)
    expect(() => readFileSync(stateFile)).toThrow()
    expect(await attachProxmoxSimulatorProcess(stateFile)).toBeUndefined()
  })

  it('ends by itself when nobody asks anything', async () => {
    const stateFile = join(folder, 'idle.json')
    const simulator = await startProxmoxSimulatorProcess({ stateFile, idleExitMs: 100 })
    await untilGone(simulator.pid)
    expect(() => readFileSync(stateFile)).toThrow()
  })

  it('ends on SIGTERM', async () => {
    const simulator = await startProxmoxSimulatorProcess()
    process.kill(simulator.pid, 'SIGTERM')
    await untilGone(simulator.pid)
  })
})
