import { createRegistry, type HypervisorPort, nativeOf, unwrap, type VmProvisionSpec } from '@dcm/core'
import { expect } from 'vitest'
import type { VsphereClient } from '../../src/client/index.js'
import { vsphere } from '../../src/index.js'
import { startVcsim, type Vcsim, type VcsimOptions, type VcsimVm } from '../vcsim/start-vcsim.js'

export type VspherePort = HypervisorPort<typeof vsphere>

export interface PortStage {
  readonly vcsim: Vcsim
  /** A port of a session of its own, closed by `clear`. */
  connect(): Promise<VspherePort & { readonly native: VsphereClient }>
  /** VMs at the server whose names begin so. */
  vmsNamed(prefix: string): Promise<VcsimVm[]>
  /** Takes faults back, closes the ports, and finds no session at the server. */
  clear(): Promise<void>
  close(): Promise<void>
}

/** One vcsim for all tests of a file, whose VM `DC0_H0_VM0` becomes the template. */
export async function openPortStage(options: VcsimOptions = {}): Promise<PortStage> {
  const vcsim = await startVcsim({ vms: 2, ...options })
  const ports: VspherePort[] = []
  const connect: PortStage['connect'] = async () => {
    const port = unwrap(
      await createRegistry([vsphere]).connect({
        type: 'vsphere',
        endpoint: 'lab',
        url: vcsim.url,
        fingerprint256: vcsim.thumbprint256,
        auth: { username: vcsim.userName, password: { secretValue: vcsim.password } },
      }),
    )
    ports.push(port)
    return Object.assign(port, { native: nativeOf(port, vsphere) })
  }
  const stage: PortStage = {
    vcsim,
    connect,
    vmsNamed: async (prefix) => (await vcsim.vms()).filter(({ name }) => name.startsWith(prefix)),
    async clear() {
      await vcsim.clearFaults()
      await vcsim.setDelay({})
      await Promise.all(ports.splice(0).map((port) => port.close()))
      expect((await vcsim.state()).sessions).toEqual([])
      await vcsim.resetCounts()
    },
    close: () => vcsim.close(),
  }
  const { native } = await connect()
  for await (const { ref, name } of native.retrieve('VirtualMachine', ['name'])) {
    if (name !== 'DC0_H0_VM0') continue
    await native.run(ref, 'PowerOffVM_Task')
    await native.call(ref, 'MarkAsTemplate')
  }
  await stage.clear()
  return stage
}

/** A VM from the template, stopped. */
export function specOf(name: string, template = 'DC0_H0_VM0'): VmProvisionSpec<typeof vsphere> {
  return { name, source: { from: 'template', template: { name: template } }, powerOn: false }
}
