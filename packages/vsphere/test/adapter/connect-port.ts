import { createRegistry, type HypervisorPort, type SecretResolver, unwrap, type VmRef } from '@dcm/core'
import { vsphere } from '../../src/index.js'

/** A port to a simulator or a vcsim, as the endpoint `lab`. */
export async function connectPort(
  server: {
    readonly url: string
    readonly fingerprint256: string
    readonly username: string
    readonly password: string
  },
  secrets?: SecretResolver,
): Promise<HypervisorPort<typeof vsphere>> {
  const { url, fingerprint256, username, password } = server
  return unwrap(
    await createRegistry([vsphere], secrets && { secrets }).connect({
      type: 'vsphere',
      endpoint: 'lab',
      url,
      fingerprint256,
      auth: { username, password: { secretValue: password } },
    }),
  )
}

export async function firstVm(port: HypervisorPort<typeof vsphere>): Promise<VmRef> {
  const [vm] = unwrap(await port.listVms()).items
  if (vm === undefined) throw new Error('the server has no VM')
  return vm.ref
}
