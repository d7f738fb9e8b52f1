import { startLoopbackServer } from '@dcm/wire/loopback'
import { afterEach, describe, expect, it } from 'vitest'
import { createVsphereClient, isFault, reference, type VsphereClient } from '../src/client/index.js'
import { startVsphereSimulator, type VsphereSimulator } from '../src/simulator/index.js'

const files = reference('GuestFileManager', 'guestOperationsFileManager')
const processes = reference('GuestProcessManager', 'guestOperationsProcessManager')

describe('guest operations of the simulator, by the client', () => {
  const open: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close()
  })

  async function start() {
    const simulator = await startVsphereSimulator({ speed: 100 })
    const { url, fingerprint256, credentials, guestLogin } = simulator
    const client = createVsphereClient({ url, fingerprint256, auth: credentials })
    open.push(simulator, client)
    const first = simulator.vms().find(({ template }) => !template)
    const vm = reference('VirtualMachine', first?.ref ?? '')
    await toolsRun(client, vm)
    const auth = { _type: 'NamePasswordAuthentication' as const, interactiveSession: false, ...guestLogin }
    return { simulator, client, vm, auth }
  }

  async function toolsRun(client: VsphereClient, vm: ReturnType<typeof reference>): Promise<void> {
    for await (const event of client.watch('VirtualMachine', ['guest.guestOperationsReady'])) {
      const ready =
        event.kind === 'enter' || event.kind === 'modify' ? event.changes['guest.guestOperationsReady'] : false
      if (ready === true && 'ref' in event && event.ref.value === vm.value) return
    }
  }

  const ended = async (client: VsphereClient, vm: ReturnType<typeof reference>, auth: object, pid: number | bigint) => {
    for (;;) {
      const [process] = await client.call(processes, 'ListProcessesInGuest', { vm, auth: auth as never, pids: [pid] })
      if (process?.endTime !== undefined) return process
    }
  }

  it('puts files there and fetches them, by a URL whose host is the endpoint', async () => {
    const { simulator, client, vm, auth } = await start()
    const bytes = Uint8Array.from({ length: 3_000 }, (_, index) => index % 256)
    const put = { vm, auth, guestFilePath: '/tmp/data', fileAttributes: { _type: 'GuestFileAttributes' as const } }
    const to = await client.call(files, 'InitiateFileTransferToGuest', { ...put, fileSize: 3_000, overwrite: false })
    expect(to).toMatch(/^https:\/\/\*:443\/guestFile\?/)
    await client.upload(to, bytes)
    expect(simulator.guestFiles(vm.value).get('/tmp/data')).toEqual(Buffer.from(bytes))

    const again = client.call(files, 'InitiateFileTransferToGuest', { ...put, fileSize: 1, overwrite: false })
    await expect(again).rejects.toMatchObject({
      kind: 'already-exists',
      faultNames: ['FileAlreadyExists', 'FileFault', 'VimFault', 'MethodFault'],
    })

    const from = await client.call(files, 'InitiateFileTransferFromGuest', { vm, auth, guestFilePath: '/tmp/data' })
    expect(from.size).toBe(3_000)
    expect(Buffer.from((await client.download(from.url)).bytes)).toEqual(Buffer.from(bytes))
    const start10 = await client.download(from.url, { maxBytes: 10 })
    expect([start10.bytes.length, start10.truncated]).toEqual([10, true])
    expect((await client.download(from.url, { maxBytes: 3_000 })).truncated).toBe(false)
    await expect(client.upload(to, bytes.subarray(1))).rejects.toMatchObject({ kind: 'protocol', status: 400 })
    const unknown = client.download('https://*:443/guestFile?id=1&token=secret-token')
    await expect(unknown).rejects.toMatchObject({ kind: 'not-found' })
    await expect(unknown).rejects.not.toThrow('secret-token')
  })

  it('fetches from another host by that certificate alone, and sends it no cookie', async () => {
    const { client } = await start()
    const cookies: (string | undefined)[] = []
    const host = await startLoopbackServer({
      handler: async ({ headers }) => {
        cookies.push(headers.cookie)
        return { status: 200, body: 'of the host' }
      },
    })
    open.push(host)
    const url = `${host.url.replace('127.0.0.1', 'localhost')}/guestFile?token=1`
    await expect(client.download(url)).rejects.toMatchObject({ kind: 'tls-untrusted' })
    const wrong = { fingerprint1: host.fingerprint1.replace(/^../, '00').replace(/..$/, '00') }
    await expect(client.download(url, wrong)).rejects.toMatchObject({ kind: 'tls-untrusted' })
    const { bytes } = await client.download(url, { fingerprint1: host.fingerprint1 })
    expect(Buffer.from(bytes).toString()).toBe('of the host')
    expect(cookies).toEqual([undefined])
  })

  it("runs programs by the guest's shell, tells their end, and forgets it after five minutes", async () => {
    const { simulator, client, vm, auth } = await start()
    const run = async (programArguments: string) => {
      const spec = {
        _type: 'GuestProgramSpec' as const,
        programPath: '/bin/sh',
        arguments: programArguments,
        envVariables: [],
      }
      return client.call(processes, 'StartProgramInGuest', { vm, auth, spec })
    }
    const pid = await run(
      `-c '"$@" >/tmp/out 2>/tmp/err; c=$?; printf %s "$c" >/tmp/code; exit "$c"' name 'cat' '/no such'`,
    )
    expect(await ended(client, vm, auth, pid)).toMatchObject({ exitCode: 1, owner: 'root' })
    const texts = ['/tmp/out', '/tmp/err', '/tmp/code'].map((path) =>
      simulator.guestFiles(vm.value).get(path)?.toString(),
    )
    expect(texts).toEqual(['', 'cat: /no such: No such file or directory\n', '1'])

    const sleeper = await run(`-c 'sleep 3600'`)
    const [running] = await client.call(processes, 'ListProcessesInGuest', { vm, auth, pids: [sleeper] })
    expect(running).toMatchObject({ cmdLine: `"/bin/sh" -c 'sleep 3600'`, endTime: undefined })
    await client.call(processes, 'TerminateProcessInGuest', { vm, auth, pid: sleeper })
    expect((await ended(client, vm, auth, sleeper)).exitCode).toBe(137)

    simulator.clock.advance(6 * 60_000)
    expect(await client.call(processes, 'ListProcessesInGuest', { vm, auth, pids: [pid] })).toEqual([])
  })

  it('refuses strangers, and guests that do not run', async () => {
    const { simulator, client, vm, auth } = await start()
    const list = (login: object) => client.call(processes, 'ListProcessesInGuest', { vm, auth: { ...auth, ...login } })
    const refused = await list({ password: 'wrong' }).catch((error: unknown) => error)
    expect(isFault(refused, 'InvalidGuestLogin') && refused.kind).toBe('permission-denied')
    expect(JSON.stringify(refused)).not.toContain('wrong')
    expect(simulator.logins()).toBe(1) // a wrong password of the guest is no end of the session
    simulator.faults.withoutTools(vm.value)
    await expect(list({})).rejects.toMatchObject({
      faultNames: ['GuestOperationsUnavailable', 'GuestOperationsFault', 'VimFault', 'MethodFault'],
    })
    simulator.faults.setPower(vm.value, 'poweredOff')
    await expect(list({})).rejects.toMatchObject({ kind: 'failed-precondition' })
  })
})

describe('login by a token', () => {
  async function connect(simulator: VsphereSimulator, token: () => string): Promise<VsphereClient> {
    return createVsphereClient({ url: simulator.url, fingerprint256: simulator.fingerprint256, auth: { token } })
  }

  it('hands the assertion on as it is, again after the session ended', async () => {
    await using simulator = await startVsphereSimulator({ speed: 100 })
    let asked = 0
    await using client = await connect(simulator, () => {
      asked += 1
      return simulator.token
    })
    const names: (string | undefined)[] = []
    for await (const { name } of client.retrieve('VirtualMachine', ['name'])) names.push(name)
    expect(names.length).toBeGreaterThan(0)
    expect([simulator.logins(), simulator.calls('LoginByToken'), simulator.calls('Login')]).toEqual([1, 1, 0])
    simulator.faults.expireSessions()
    await client.call(reference('ServiceInstance', 'ServiceInstance'), 'CurrentTime')
    expect([simulator.logins(), asked]).toEqual([2, 2])
  })

  it('is refused with another assertion, which is neither repeated nor printed', async () => {
    await using simulator = await startVsphereSimulator({ speed: 100 })
    const forged = simulator.token.replace(/ID="[^"]*"/, 'ID="_forged"')
    await using client = await connect(simulator, () => forged)
    const time = () => client.call(reference('ServiceInstance', 'ServiceInstance'), 'CurrentTime')
    const error = await time().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ kind: 'unauthenticated' })
    expect(String(error) + JSON.stringify(error)).not.toContain('_forged')
    await expect(time()).rejects.toMatchObject({ kind: 'unauthenticated' })
    expect([simulator.calls('LoginByToken'), simulator.sessions()]).toEqual([1, []])
  })
})
