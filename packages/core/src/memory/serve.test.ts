import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { createRegistry } from '../registry/create-registry.js'
import { unwrap } from '../result.js'
import { createMemoryPlatform } from './platform/platform.js'
import { remoteMemory } from './plugin.js'
import { remoteControl } from './remote-control.js'
import { serveMemory } from './serve.js'

const cleanUps: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function serve() {
  const platform = createMemoryPlatform()
  const served = await serveMemory(platform)
  cleanUps.push(() => served.close())
  return { platform, served }
}

async function connect({ url, token }: { readonly url: string; readonly token: string }) {
  const config = { type: 'memory', endpoint: 'lab', url, token: { secretValue: token } } as const
  const port = unwrap(await createRegistry([remoteMemory]).connect(config))
  cleanUps.push(() => port.close())
  return port
}

const template = { from: 'template', template: { name: 'debian-13' } } as const

describe('a served platform', () => {
  it('does over the wire what it does in memory', async () => {
    const { platform, served } = await serve()
    const port = await connect(served)
    const vm = unwrap(await unwrap(await port.createVm({ name: 'web', source: template })).wait())
    expect(vm).toMatchObject({ name: 'web', powerState: 'running' })
    expect(platform.log.count({ call: 'vm.clone', carriedOut: true })).toBe(1)
    expect(await port.getVm({ endpoint: 'lab', id: 'vm-1' })).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
  })

  it('is switched from afar', async () => {
    const { served } = await serve()
    const control = remoteControl(served)
    cleanUps.push(() => control.close())
    const port = await connect(served)
    await control.loseReply('vm.clone')
    const vm = unwrap(await unwrap(await port.createVm({ name: 'web', source: template })).wait())
    expect(await control.count({ call: 'vm.clone' })).toBe(1)
    await control.lock(vm.ref.id, 'backup')
    expect(await port.stopVm(vm.ref)).toMatchObject({ ok: false, error: { code: 'CONFLICT' } })
    await control.lock(vm.ref.id, null)
    expect(await control.vms()).toMatchObject([{ name: 'web', state: 'UP' }])
  })

  it('lets nobody in without its token, and is never reached elsewhere than on this computer', async () => {
    const { served } = await serve()
    const stranger = await connect({ url: served.url, token: 'guess' })
    expect(await stranger.testConnection()).toMatchObject({ ok: false, error: { code: 'UNAUTHENTICATED' } })
    const config = { type: 'memory', endpoint: 'x', url: 'http://192.0.2.1:80', token: { secretValue: 't' } }
    const refused = await createRegistry([remoteMemory]).connectUnknown(config)
    expect(refused).toMatchObject({ ok: false, error: { code: 'INVALID_ARGUMENT' } })
  })

  it('that is gone is UNAVAILABLE, and garbage is PROTOCOL with an excerpt', async () => {
    const { platform, served } = await serve()
    const port = await connect(served)
    platform.faults.add({ target: 'read', fault: { does: 'garble' } })
    expect(await port.listVms()).toMatchObject({
      ok: false,
      error: { code: 'PROTOCOL', details: { excerpt: expect.stringContaining('Bad Gateway') } },
    })
    await served.close()
    expect(await port.listVms()).toMatchObject({ ok: false, error: { code: 'UNAVAILABLE', retryable: true } })
  })

  it('aborts a call that takes too long', async () => {
    const { platform, served } = await serve()
    const port = await connect(served)
    platform.faults.add({ target: 'vm.list', fault: { does: 'delay', ms: 30_000 } })
    expect(await port.listVms({}, { timeoutMs: 50 })).toMatchObject({ ok: false, error: { code: 'TIMEOUT' } })
  })
})

it('runs as a process of its own, which outlives its clients', async () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const args = ['--import', 'tsx', '--conditions=@dcm/source', main, '--clock', 'virtual', '--until-input-ends']
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  cleanUps.push(async () => {
    const ended = once(child, 'exit')
    child.stdin?.end()
    await ended
  })
  const [line] = (await once(child.stdout ?? child, 'data')) as [Buffer]
  const served = JSON.parse(line.toString()) as { url: string; token: string }
  const first = await connect(served)
  const vm = unwrap(
    await unwrap(await first.createVm({ name: 'web', source: template }, { idempotencyKey: 'k' })).wait(),
  )
  await first.close()
  const second = await connect(served)
  expect(unwrap(await second.getVm(vm.ref)).name).toBe('web')
})
