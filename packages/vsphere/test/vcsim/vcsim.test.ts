import { createHash, X509Certificate } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createSoapSession, type SoapAnswer, type SoapSession } from '../soap-session.js'
import { findVcsim, startVcsim, type Vcsim } from './start-vcsim.js'

const binary = await findVcsim()

describe.skipIf(binary === undefined)('our vcsim and its control door', () => {
  let vcsim: Vcsim
  let soap: SoapSession

  beforeAll(async () => {
    vcsim = await startVcsim({ vms: 1, hosts: 1 })
    soap = await connect({ username: vcsim.userName, password: vcsim.password })
  })
  afterEach(() => vcsim.clearFaults())
  afterAll(() => vcsim?.close())

  const connect = (credentials: { username: string; password: string }): Promise<SoapSession> =>
    createSoapSession({ url: vcsim.url, ca: vcsim.certificate, credentials })
  const on = (name: string, type: string, ref: string): Promise<SoapAnswer> => soap.call(name, type, ref)
  const currentTime = (): Promise<SoapAnswer> => on('CurrentTime', 'ServiceInstance', 'ServiceInstance')
  const powerOff = (ref: string): Promise<SoapAnswer> => on('PowerOffVM_Task', 'VirtualMachine', ref)
  /** Starts a VM, and waits until the task is done: what comes after finds it running. */
  const powerOn = async (ref: string): Promise<string> => soap.task(await on('PowerOnVM_Task', 'VirtualMachine', ref))

  it('tells the thumbprints of the certificate it presents', () => {
    const certificate = new X509Certificate(vcsim.certificate)
    expect(vcsim.thumbprint256).toBe(certificate.fingerprint256)
    expect(vcsim.thumbprint1).toBe(certificate.fingerprint)
    expect(createHash('sha256').update(certificate.raw).digest('hex')).toHaveLength(64)
    expect(vcsim.govmomiVersion).toBe('v0.55.1')
  })

  it('refuses every other password', async () => {
    const wrong = await (await connect({ username: 'nobody', password: 'x' })).login()
    expect(wrong.status).toBe(500)
    expect(wrong.text).toContain('InvalidLoginFault')
  })

  it('counts requests, logins and sessions', async () => {
    await vcsim.resetCounts()
    await connect({ username: vcsim.userName, password: vcsim.password })
    await currentTime()
    const state = await vcsim.state()
    expect(state).toMatchObject({
      logins: 1,
      requests: { RetrieveServiceContent: 1, Login: 1, CurrentTime: 1 },
      connections: 3,
    })
    expect(state.sessions.map((session) => session.userName)).toEqual([vcsim.userName, vcsim.userName])
    expect(await vcsim.endSessions(state.sessions[0]?.key)).toBe(1)
    expect((await vcsim.state()).sessions).toHaveLength(1)
    await soap.login()
  })

  it('lists the VMs that the server holds', async () => {
    const vms = await vcsim.vms()
    expect(vms.map((vm) => [vm.name, vm.powerState]).sort()).toEqual([
      ['DC0_C0_RP0_VM0', 'poweredOn'],
      ['DC0_H0_VM0', 'poweredOn'],
    ])
    expect(vms[0]?.instanceUuid).toMatch(/^[0-9a-f-]{36}$/)
  })

  it.each(['NoPermission', 'TaskInProgress', 'InsufficientResourcesFault', 'ConcurrentAccess'])(
    'answers %s as often as told, to the object named, after the calls let through',
    async (fault) => {
      await vcsim.addFault({ method: 'PowerOffVM_Task', objectName: 'DC0_H0_VM0', fault, count: 1, skip: 1 })
      const target = (await vcsim.vms()).find((vm) => vm.name === 'DC0_H0_VM0')?.ref ?? ''
      const other = (await vcsim.vms()).find((vm) => vm.name !== 'DC0_H0_VM0')?.ref ?? ''
      const passed = [await powerOff(other), await powerOff(target)]
      expect(passed.map(({ status }) => status)).toEqual([200, 200])
      const hit = await powerOff(target)
      expect(hit.status).toBe(500)
      expect(hit.text).toContain(`xsi:type="${fault}"`)
      passed.push(await powerOff(target))
      expect(passed[2]?.status).toBe(200)
      // None of them is left to stop a VM that another test starts.
      for (const answer of passed) await soap.task(answer)
      expect((await vcsim.state()).faultsInjected).toBe(1)
    },
  )

  it('fills a fault with the detail given', async () => {
    const task = { _typeName: 'ManagedObjectReference', type: 'Task', value: 'task-1' }
    await vcsim.addFault({ method: 'CurrentTime', fault: 'TaskInProgress', detail: { task } })
    expect((await currentTime()).text).toMatch(/<task type="Task">task-1<\/task>/)
  })

  it('refuses what is no fault and what is no rule', async () => {
    await expect(vcsim.addFault({ fault: 'NoSuchThing' })).rejects.toThrow('no type "NoSuchThing"')
    await expect(vcsim.addFault({ fault: 'VirtualMachineConfigSpec' })).rejects.toThrow('is no fault')
  })

  it('spoils the transport', async () => {
    await vcsim.resetCounts()
    await vcsim.addTransportFault({ method: 'CurrentTime', action: 'drop', count: 1 })
    await expect(currentTime()).rejects.toThrow('socket hang up')
    expect((await currentTime()).status).toBe(200)
    await vcsim.addTransportFault({ method: 'CurrentTime', action: 'status', count: 1 })
    expect((await currentTime()).status).toBe(503)
    await vcsim.addTransportFault({ method: 'CurrentTime', action: 'garbage', count: 1 })
    expect((await currentTime()).text).toContain('not XML')
    await vcsim.addTransportFault({ method: 'CurrentTime', action: 'truncate', count: 1 })
    await expect(currentTime()).rejects.toThrow('aborted')
    await vcsim.addTransportFault({ method: 'CurrentTime', action: 'slow', delayMs: 100, count: 1 })
    const started = performance.now()
    expect((await currentTime()).text).toContain('</soapenv:Envelope>')
    expect(performance.now() - started).toBeGreaterThan(80)
  })

  it('carries out a call whose answer is lost', async () => {
    const ref = (await vcsim.vms())[0]?.ref ?? ''
    expect(await powerOn(ref)).toContain('<state>success')
    await vcsim.addTransportFault({ method: 'PowerOffVM_Task', action: 'lose-answer', count: 1 })
    await expect(powerOff(ref)).rejects.toThrow('socket hang up')
    await expect.poll(async () => (await vcsim.vms())[0]?.powerState).toBe('poweredOff')
  })

  it('delays the work of tasks', async () => {
    const [first, second] = await vcsim.vms()
    await vcsim.setDelay({ tasks: { PowerOn: 600_000 } })
    await on('PowerOnVM_Task', 'VirtualMachine', second?.ref ?? '')
    await vcsim.setDelay({ tasks: { PowerOn: 300 } })
    const started = performance.now()
    expect(await powerOn(first?.ref ?? '')).toContain('<state>success')
    expect(performance.now() - started).toBeGreaterThan(280)
    expect((await vcsim.vms()).map(({ powerState }) => powerState)).toEqual(['poweredOn', 'poweredOff'])
    await vcsim.setDelay({})
  })

  it('ends all sessions, and idle ones after the time set', async () => {
    await vcsim.endSessions()
    expect((await currentTime()).text).toContain('NotAuthenticatedFault')
    await vcsim.setSessionTimeout(200)
    await soap.login()
    await expect.poll(async () => (await vcsim.state()).sessions.length).toBe(0)
    expect((await currentTime()).text).toContain('NotAuthenticatedFault')
  })

  it('ends when its launcher closes it', async () => {
    const short = await startVcsim({ esx: true })
    await short.close()
    expect(await short.exited).toBe(0)
  })
})
