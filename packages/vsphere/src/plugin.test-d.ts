import type { HypervisorPort, VmProvisionSpec } from '@dcm/core'
import { expectTypeOf, it } from 'vitest'
import type { VsphereExtension, VsphereWindows, vsphere } from './index.js'

type Spec = VmProvisionSpec<typeof vsphere>
declare const port: HypervisorPort<typeof vsphere>
const template = { from: 'template', template: { name: 'windows-2022' } } as const

it('types what only vSphere takes of a specification', () => {
  expectTypeOf<NonNullable<Spec['extensions']>['vsphere']>().toEqualTypeOf<VsphereExtension | undefined>()
  const windows: VsphereWindows = { adminPassword: { secretRef: 'env:ADMIN' }, runOnce: ['hostname'] }
  void port.createVm({ name: 'win', source: template, extensions: { vsphere: { windows } } })
  // @ts-expect-error: a password is a secret, by reference or by value, never a bare text
  void port.createVm({ name: 'win', source: template, extensions: { vsphere: { windows: { adminPassword: 'x' } } } })
  // @ts-expect-error: there is no such way
  void port.createVm({ name: 'win', source: template, extensions: { vsphere: { cloudInit: { deliverBy: 'iso' } } } })
})

it('types how a copy is made', () => {
  void port.createVm({ name: 'copy', source: { ...template, clone: 'instant' } })
  // @ts-expect-error: there is no such way
  void port.createVm({ name: 'copy', source: { ...template, clone: 'quick' } })
})
