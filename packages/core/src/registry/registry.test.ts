import { describe, expect, it } from 'vitest'
import corePackage from '../../package.json' with { type: 'json' }
import { HypervisorError } from '../errors/hypervisor-error.js'
import { coreVersion } from '../generated/version.js'
import { definePlugin, portVersion } from '../plugin.js'
import { nativeOf } from '../port/native-of.js'
import { unwrap } from '../result.js'
import { object } from '../schema/composites.js'
import type { SecretResolver } from '../secrets/secret.js'
import { connectFake, errorOf } from '../testing/connect-fake.js'
import { fake } from '../testing/fake-platform.js'
import { createRegistry } from './create-registry.js'

const config = { type: 'fake', endpoint: 'lab', host: 'h', token: { secretRef: 'env:TOKEN' } } as const

const other = definePlugin({
  type: 'other',
  displayName: 'Other',
  portVersion,
  packageName: '@dcm/other',
  packageVersion: '2.0.0',
  facets: [],
  configSchema: object({}),
  extensionSchema: object({}),
  connect(): never {
    throw new RangeError('not today')
  },
})

describe('connect', () => {
  it('gives a port without any call', async () => {
    const port = unwrap(await createRegistry([fake, other]).connect(config))
    expect(port.endpoint).toBe('lab')
    expect(port.plugin).toBe(fake)
    expect(nativeOf(port, fake).calls).toEqual([])
  })

  it('gives the plugin its own configuration, endpoint, secrets and logger', async () => {
    const secrets: SecretResolver = { resolve: () => Promise.reject(new Error('not asked')) }
    const seen: unknown[] = []
    const spying = {
      ...fake,
      connect(...args: Parameters<typeof fake.connect>) {
        seen.push(...args)
        return fake.connect(...args)
      },
    }
    unwrap(await createRegistry([spying], { secrets }).connectUnknown(config))
    expect(seen).toMatchObject([
      { host: 'h', token: { secretRef: 'env:TOKEN' } },
      { endpoint: 'lab', secrets },
    ])
    expect(seen[0]).not.toHaveProperty('type')
  })

  it('tells every problem of a configuration from outside', async () => {
    const registry = createRegistry([fake, other])
    const wrong = { type: 'fake', endpoint: '', hots: 'h', port: 0, token: 'hunter2' }
    const error = errorOf(await registry.connectUnknown(wrong))
    expect(error).toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: {
        problems: [{ path: 'endpoint' }, { path: 'hots' }, { path: 'host' }, { path: 'port' }, { path: 'token' }],
      },
    })
    expect(error.message).toContain("hots is not a known field - did you mean 'host'?")
    expect(error.message).not.toContain('hunter2')
  })

  it('names the platforms it knows', async () => {
    const registry = createRegistry([fake, other])
    const error = errorOf(await registry.connectUnknown({ ...config, type: 'fakes' }))
    expect(error.message).toContain("type must be 'fake' or 'other' - did you mean 'fake'?")
    for (const nothing of [null, [], 'x', {}, { type: '__proto__' }]) {
      expect(errorOf(await registry.connectUnknown(nothing)).code).toBe('INVALID_ARGUMENT')
    }
    expect(errorOf(await createRegistry([]).connectUnknown(config)).message).toContain('there is none')
  })

  it('answers a plugin that throws with INTERNAL', async () => {
    const error = errorOf(await createRegistry([other]).connect({ type: 'other', endpoint: 'x' }))
    expect(error.code).toBe('INTERNAL')
    expect(error.cause).toBeInstanceOf(RangeError)
  })

  it('shares nothing between two ports', async () => {
    const [first, second] = [await connectFake(), await connectFake()]
    await first.port.close()
    expect((await second.port.listVms()).ok).toBe(true)
    expect(second.native).not.toBe(first.native)
  })
})

describe('testConnection', () => {
  it('connects, tests and closes', async () => {
    let native: ReturnType<typeof nativeOf<typeof fake>> | undefined
    const watched = {
      ...fake,
      connect(...args: Parameters<typeof fake.connect>) {
        const adapter = fake.connect(...args)
        native = adapter.native
        return adapter
      },
    }
    const registry = createRegistry([watched])
    expect(unwrap(await registry.testConnection(config)).product).toBe('Fake')
    expect(native).toMatchObject({ calls: ['testConnection'], closed: 1 })
    expect(errorOf(await registry.testConnection({})).code).toBe('INVALID_ARGUMENT')
  })

  it('closes also when the test fails', async () => {
    let closed = 0
    const failing = {
      ...fake,
      connect(...args: Parameters<typeof fake.connect>) {
        const adapter = fake.connect(...args)
        adapter.native.before = () => Promise.reject(new HypervisorError('UNAUTHENTICATED', 'wrong token'))
        adapter.native.closeWith = async () => {
          closed++
        }
        return adapter
      },
    }
    const error = errorOf(await createRegistry([failing]).testConnection(config))
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', endpoint: 'lab', operation: 'testConnection' })
    expect(closed).toBe(1)
  })
})

describe('createRegistry', () => {
  it('names both packages, both versions and the remedy when a plugin does not fit', () => {
    const newer = { ...fake, portVersion: portVersion + 1 }
    const older = { ...fake, portVersion: portVersion - 1 }
    expect(() => createRegistry([newer])).toThrow(
      `@dcm/fake@1.2.3 speaks version ${portVersion + 1} of the port, @dcm/core@${coreVersion} speaks version ${portVersion}; run: npm install @dcm/core@latest`,
    )
    expect(() => createRegistry([older])).toThrow('run: npm install @dcm/fake@latest')
  })

  it('refuses two plugins of one type, and lanes without width', () => {
    expect(() => createRegistry([fake, { ...fake, packageName: '@me/fake' }])).toThrow('@dcm/fake and @me/fake')
    expect(() => createRegistry([fake], { limits: { reads: 0 } })).toThrow(RangeError)
  })

  it('knows the version of its package', () => {
    expect(coreVersion).toBe(corePackage.version)
  })

  it('takes the widths of the lanes from the plugin, and rather from the options', async () => {
    const widest = async (limits?: { readonly reads: number }) => {
      const narrow = { ...fake, limits: { reads: 1 } }
      const port = unwrap(await createRegistry([narrow], limits ? { limits } : {}).connectUnknown(config))
      const native = nativeOf(port, fake)
      let running = 0
      let most = 0
      native.before = async () => {
        most = Math.max(most, ++running)
        await new Promise((resolve) => setImmediate(resolve))
        running--
      }
      await Promise.all([1, 2, 3, 4].map(() => port.listVms()))
      return most
    }
    expect(await widest()).toBe(1)
    expect(await widest({ reads: 3 })).toBe(3)
  })
})

describe('nativeOf', () => {
  it('refuses a port of another platform, and what is no port of ours', async () => {
    const { port } = await connectFake()
    expect(() => nativeOf(port, other)).toThrow("connected to 'fake', not to 'other'")
    expect(() => nativeOf({ ...port }, fake)).toThrow('npm ls @dcm/core')
  })
})
