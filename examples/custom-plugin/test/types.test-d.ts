import { createRegistry, type HypervisorPort, nativeOf, type Result } from '@dcm/core'
import { remoteMemory } from '@dcm/core/memory'
import { describe, expectTypeOf, it } from 'vitest'
import type { PebbleClient } from '../src/client/index.js'
import { type PebblePlugin, pebble } from '../src/index.js'

const registry = createRegistry([remoteMemory, pebble])
const config = { type: 'pebble', endpoint: 'lab', url: 'http://127.0.0.1:1', token: { secretRef: 'env:T' } } as const
declare const port: HypervisorPort<PebblePlugin>
const spec = { name: 'x', source: { from: 'template', template: { name: 'debian' } } } as const

describe('a plugin from outside', () => {
  it('brings its configuration to registry.connect', () => {
    expectTypeOf(registry.connect(config)).toEqualTypeOf<Promise<Result<HypervisorPort<PebblePlugin>>>>()
    // @ts-expect-error a field that is missing
    registry.connect({ type: 'pebble', endpoint: 'lab', url: 'http://127.0.0.1:1' })
    // @ts-expect-error a field of another platform
    registry.connect({ ...config, site: 'main' })
    // @ts-expect-error a secret that is a bare text
    registry.connect({ ...config, token: 'hunter2' })
  })

  it('brings its extensions to spec.extensions of a typed port', () => {
    port.createVm({ ...spec, extensions: { pebble: { autostart: true } } })
    // @ts-expect-error a field that it does not have
    port.createVm({ ...spec, extensions: { pebble: { onboot: true } } })
    // @ts-expect-error the wrong type
    port.createVm({ ...spec, extensions: { pebble: { autostart: 'yes' } } })
    // @ts-expect-error another platform's
    port.createVm({ ...spec, extensions: { memory: { priority: 9 } } })
  })

  it('brings its client to nativeOf, and no facet', () => {
    expectTypeOf(nativeOf(port, pebble)).toEqualTypeOf<PebbleClient>()
    // @ts-expect-error its manifest has no facets
    port.facet('snapshots')
  })
})
