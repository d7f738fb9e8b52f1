import { expectTypeOf, it } from 'vitest'
import { isFault, type ManagedObjectReference, reference, type VsphereClient } from './index.js'

declare const client: VsphereClient
const machine = reference('VirtualMachine', 'vm-1')

it('types each property by its path', async () => {
  for await (const row of client.retrieve('VirtualMachine', [
    'name',
    'runtime.powerState',
    'config.hardware.memoryMB',
  ])) {
    expectTypeOf(row.name).toEqualTypeOf<string>()
    expectTypeOf(row.ref).toEqualTypeOf<ManagedObjectReference>()
    expectTypeOf(row['config.hardware.memoryMB']).toEqualTypeOf<number | undefined>()
    expectTypeOf(row['runtime.powerState']).extract<'poweredOn'>().toEqualTypeOf<'poweredOn'>()
    // @ts-expect-error: it was not asked for
    row['config.name']
  }
  for await (const row of client.retrieve('VirtualMachine', ['name'], { missing: 'allow' })) {
    expectTypeOf(row.name).toEqualTypeOf<string | undefined>()
    expectTypeOf(row.missing[0]?.path).toEqualTypeOf<string | undefined>()
  }
  // @ts-expect-error: there is no such property
  client.retrieve('VirtualMachine', ['name', 'config.hardware.memory'])
  // @ts-expect-error: there is no such type
  client.retrieve('Machine', ['name'])
})

it('types properties of one object by the type that is named, not by the reference', async () => {
  const { resourcePool } = await client.read(machine, 'VirtualMachine', ['parent', 'resourcePool'])
  expectTypeOf(resourcePool).toEqualTypeOf<ManagedObjectReference | undefined>()
})

it('types methods and what their tasks end with', async () => {
  expectTypeOf(await client.call(machine, 'PowerOnVM_Task')).toEqualTypeOf<ManagedObjectReference>()
  expectTypeOf(await client.run(machine, 'PowerOnVM_Task')).toEqualTypeOf<undefined>()
  const clone = { folder: machine, name: 'a', spec: { location: {}, template: false, powerOn: false } }
  expectTypeOf(await client.run(machine, 'CloneVM_Task', clone)).toEqualTypeOf<ManagedObjectReference>()
  // @ts-expect-error: name and spec are required
  void client.run(machine, 'CloneVM_Task', { folder: machine })
  // @ts-expect-error: parameters are required
  void client.call(machine, 'CloneVM_Task')
  // @ts-expect-error: it has no task
  void client.run(machine, 'ShutdownGuest')
  // @ts-expect-error: there is no such method
  void client.call(machine, 'PowerOn')
})

it('narrows errors by their fault', () => {
  const error: unknown = undefined
  if (isFault(error, 'DuplicateName')) {
    expectTypeOf(error.fault.name).toEqualTypeOf<string>()
    expectTypeOf(error.fault.object).toEqualTypeOf<ManagedObjectReference>()
  }
})

it('types exports and what a descriptor needs', async () => {
  const { files } = await client.exportOvf({
    entity: machine,
    name: 'web-01',
    file: async ({ path }, stream) => {
      expectTypeOf(path).toEqualTypeOf<string>()
      expectTypeOf(stream).toEqualTypeOf<AsyncIterable<Uint8Array>>()
    },
  })
  expectTypeOf(files[0]?.sha256).toEqualTypeOf<string | undefined>()
  // @ts-expect-error: somebody has to take the files
  void client.exportOvf({ entity: machine, name: 'web-01' })
  const { networks } = await client.parseOvf('')
  expectTypeOf(networks[0]?.name).toEqualTypeOf<string | undefined>()
})
