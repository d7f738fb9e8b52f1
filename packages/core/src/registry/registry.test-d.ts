import { describe, expectTypeOf, it } from 'vitest'
import type { FacetOf } from '../model/facets/facets.js'
import type { AnyPlugin, ConfigOf, ExtensionsOf, HypervisorPlugin } from '../plugin.js'
import { definePlugin } from '../plugin.js'
import { nativeOf } from '../port/native-of.js'
import type { HypervisorPort } from '../port.js'
import type { Result } from '../result.js'
import type { SecretInput } from '../secrets/secret.js'
import { type FakeNative, type FakePlugin, fake } from '../testing/fake-platform.js'
import { createRegistry } from './create-registry.js'

interface PowerConfig {
  readonly host: string
  readonly user: string
}
interface PowerExtension {
  readonly mode: 'shared' | 'dedicated'
}
declare const power: HypervisorPlugin<'power', PowerConfig, PowerExtension, { readonly lpars: number }, 'migrate'>

const registry = createRegistry([fake, power])
const fakeConfig = { type: 'fake', endpoint: 'lab', host: 'h', token: { secretRef: 'env:T' } } as const
const source = { from: 'template', template: { name: 'debian' } } as const
declare const port: HypervisorPort<FakePlugin>
declare const untyped: HypervisorPort

describe('connect', () => {
  it('infers the port from the type in the configuration', () => {
    expectTypeOf(registry.connect(fakeConfig)).toEqualTypeOf<Promise<Result<HypervisorPort<FakePlugin>>>>()
    expectTypeOf(registry.connect({ type: 'power', endpoint: 'p', host: 'h', user: 'u' })).toEqualTypeOf<
      Promise<Result<HypervisorPort<typeof power>>>
    >()
    expectTypeOf(registry.connectUnknown({})).toEqualTypeOf<
      Promise<Result<HypervisorPort<FakePlugin | typeof power>>>
    >()
  })

  it('takes exactly the configuration of that platform', () => {
    expectTypeOf<ConfigOf<FakePlugin>>().toEqualTypeOf<
      { readonly host: string; readonly port?: number; readonly token: SecretInput } & {
        readonly type: 'fake'
        readonly endpoint: string
      }
    >()
    // @ts-expect-error a field of another platform
    registry.connect({ ...fakeConfig, type: 'fake', endpoint: 'x', host: 'h', token: { secretRef: 't' }, user: 'u' })
    // @ts-expect-error a field that is missing
    registry.connect({ type: 'fake', endpoint: 'lab', host: 'h' })
    // @ts-expect-error a field of the wrong type
    registry.connect({ type: 'power', endpoint: 'p', host: 'h', user: 7 })
    // @ts-expect-error a misspelt field
    registry.connect({ type: 'power', endpoint: 'p', hots: 'h', user: 'u' })
    // @ts-expect-error a secret that is a bare text
    registry.connect({ type: 'fake', endpoint: 'lab', host: 'h', token: 'hunter2' })
    // @ts-expect-error a platform that the registry does not have
    registry.connect({ type: 'xen', endpoint: 'x', host: 'h' })
    // @ts-expect-error no name for the endpoint
    registry.connect({ type: 'power', host: 'h', user: 'u' })
  })
})

describe('a typed port', () => {
  it('knows its plugin', () => {
    expectTypeOf(port.plugin).toEqualTypeOf<FakePlugin>()
    expectTypeOf(port.plugin.type).toEqualTypeOf<'fake'>()
    expectTypeOf(nativeOf(port, fake)).toEqualTypeOf<FakeNative>()
    expectTypeOf(nativeOf(untyped, power)).toEqualTypeOf<{ readonly lpars: number }>()
  })

  it('passes where an untyped one is asked for, and not the other way round', () => {
    expectTypeOf(port).toExtend<HypervisorPort>()
    expectTypeOf<HypervisorPort<typeof power>>().toExtend<HypervisorPort>()
    expectTypeOf(untyped).not.toExtend<HypervisorPort<FakePlugin>>()
    expectTypeOf<HypervisorPort<typeof power>>().not.toExtend<HypervisorPort<FakePlugin>>()
  })

  it('gives facets of its manifest alone', () => {
    expectTypeOf(port.facet('snapshots')).toEqualTypeOf<Promise<Result<FacetOf<'snapshots'>>>>()
    expectTypeOf(untyped.facet('migrate')).toEqualTypeOf<Promise<Result<FacetOf<'migrate'>>>>()
    port.supports('console')
    // @ts-expect-error outside the manifest
    port.facet('migrate')
    // @ts-expect-error outside the manifest
    port.supports('migrate')
    // @ts-expect-error no facet at all
    untyped.facet('teleport')
    untyped.facet('migrate')
  })

  it('takes extensions of its own platform alone', () => {
    port.createVm({ name: 'x', source, extensions: { fake: { pool: 'gold' } } })
    // @ts-expect-error of another platform
    port.createVm({ name: 'x', source, extensions: { power: { mode: 'shared' } } })
    // @ts-expect-error an unknown field
    port.createVm({ name: 'x', source, extensions: { fake: { colour: 'red' } } })
    expectTypeOf<ExtensionsOf<FakePlugin | typeof power>>().toEqualTypeOf<{
      readonly fake?: { readonly pool?: string; readonly licence?: SecretInput }
      readonly power?: PowerExtension
    }>()
  })
})

describe('definePlugin', () => {
  it('keeps the literals of type and facets', () => {
    const plugin = definePlugin({
      type: 'mine',
      displayName: 'Mine',
      portVersion: 1,
      packageName: 'mine',
      packageVersion: '1.0.0',
      facets: ['migrate'],
      configSchema: fake.configSchema,
      extensionSchema: fake.extensionSchema,
      connect: () => {
        throw new Error('types only')
      },
    })
    expectTypeOf(plugin.type).toEqualTypeOf<'mine'>()
    expectTypeOf(plugin.facets).toEqualTypeOf<readonly 'migrate'[]>()
    expectTypeOf(plugin).toExtend<AnyPlugin>()
  })
})
