import { type HypervisorPort, type Result, unwrap, type VmRef } from '@dcm/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { vsphere } from '../../src/index.js'
import { findVcsim, startVcsim, type Vcsim } from '../vcsim/start-vcsim.js'
import { connectPort } from './connect-port.js'

const binary = await findVcsim()

describe.skipIf(binary === undefined)('inventory facets on vcsim', () => {
  let vcsim: Vcsim
  let port: HypervisorPort<typeof vsphere>

  beforeAll(async () => {
    vcsim = await startVcsim({ vms: 2 })
    const { url, thumbprint256: fingerprint256, userName: username, password } = vcsim
    port = await connectPort({ url, fingerprint256, username, password })
  })
  afterAll(async () => {
    await port?.close()
    if (vcsim !== undefined) expect((await vcsim.state()).sessions).toEqual([])
    await vcsim?.close()
  })

  async function vmOf(name: string): Promise<VmRef> {
    const vm = unwrap(await port.listVms()).items.find((each) => each.name === name)
    if (vm === undefined) throw new Error(`the model has no ${name}`)
    return vm.ref
  }

  async function done<T>(started: Promise<Result<{ wait(): Promise<Result<T>> }>>): Promise<T> {
    return unwrap(await unwrap(await started).wait())
  }

  it('turns a VM into a template and back, and deletes it', async () => {
    const templates = unwrap(await port.facet('templates'))
    const ref = await vmOf('DC0_H0_VM0')
    await done(port.stopVm(ref, { mode: 'hard' }))
    const template = await done(templates.fromVm({ ref }))
    expect(template).toMatchObject({ kind: 'template', id: ref.locator, name: 'DC0_H0_VM0' })
    expect((await done(templates.toVm({ template: { name: 'DC0_H0_VM0' } }))).ref.id).toBe(ref.id)
    expect(await done(templates.fromVm({ ref }))).toEqual(template)
    expect((await done(templates.delete({ template: { id: template.id } }))).removed[0]).toBe(template.id)
    expect(await done(templates.delete({ template: { id: template.id } }))).toEqual({ removed: [], left: [] })
  })

  it('says that there are no console tickets', async () => {
    const { open } = unwrap(await port.facet('console'))
    const ref = await vmOf('DC0_H0_VM1')
    expect(await open({ ref, kind: 'screen' })).toMatchObject({ error: { code: 'UNSUPPORTED' } })
  })
})
