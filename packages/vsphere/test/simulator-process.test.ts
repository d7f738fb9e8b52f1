import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createVsphereClient, reference } from '@dcm/vsphere/client'
import { attachVsphereSimulatorProcess, callPath, startVsphereSimulatorProcess } from '@dcm/vsphere/simulator'
import { afterAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'vsphere-simulator-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a vSphere simulator process', () => {
  it('answers like one in process, and is counted and spoiled from outside', async () => {
    await using simulator = await startVsphereSimulatorProcess({ speed: 200, seed: { vms: 3 } })
    const client = createVsphereClient({ url: simulator.url, ca: simulator.ca, auth: simulator.credentials })
    const names: string[] = []
    for await (const { name } of client.retrieve('VirtualMachine', ['name'])) names.push(name)
    const state = await simulator.state()
    expect(names.sort()).toEqual(state.vms.map(({ name }) => name).sort())
    expect(state).toMatchObject({ logins: 1, sessions: [{ userName: simulator.credentials.username }] })
    expect((await simulator.requests()).map(({ path }) => path)).toContain(callPath('RetrievePropertiesEx'))

    const added = await simulator.faults.addVm('behind your back')
    expect((await simulator.state()).vms.find(({ ref }) => ref === added)?.name).toBe('behind your back')
    await expect(simulator.faults.removeVm('nobody')).rejects.toThrow('the simulator has no nobody')
    await simulator.faults.failCall({ method: 'CurrentTime', fault: 'NotSupported' })
    const currentTime = () => client.call(reference('ServiceInstance', 'ServiceInstance'), 'CurrentTime')
    await expect(currentTime()).rejects.toMatchObject({ name: 'VsphereError' })
    await simulator.transportFault({ pathPattern: 'CurrentTime$', action: { type: 'garbage' } })
    await expect(currentTime()).rejects.toThrow()
    await simulator.clearFaults()
    expect(await currentTime()).toBeTruthy()
    expect(await simulator.faults.expireSessions()).toBe(1)
    await client.close()
  })

  it('is found again by its state file, which only its owner may read', async () => {
    const stateFile = join(folder, 'found-again.json')
    const first = await startVsphereSimulatorProcess({ stateFile, detached: true })
    expect(statSync(stateFile).mode & 0o077).toBe(0)
    const again = await attachVsphereSimulatorProcess(stateFile)
    expect([again?.pid, again?.credentials]).toEqual([first.pid, first.credentials])
    await again?.close()
    expect(await attachVsphereSimulatorProcess(stateFile)).toBeUndefined()
  })
})
