import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createRegistry, unwrap } from '@dcm/core'
import { vsphere } from '@dcm/vsphere'
import { createVsphereClient } from '@dcm/vsphere/client'
import type { Measured } from './child.js'
import { properties, vms } from './vsphere-properties.js'

/** How to reach the simulator, which runs in a process of its own. */
interface Input {
  readonly url: string
  readonly ca: string
  readonly username: string
  readonly password: string
  readonly python?: string
}

export async function clientReads({ url, ca, username, password }: Input): Promise<Measured> {
  const client = createVsphereClient({ url, ca, auth: { username, password } })
  return {
    async run() {
      let count = 0
      for await (const { name } of client.retrieve('VirtualMachine', properties, {
        missing: 'allow',
        pageSize: 1000,
      })) {
        if (name !== undefined) count += 1
      }
      if (count < vms) throw new Error(`only ${count} VMs`)
    },
    close: () => client.close(),
  }
}

export async function portReads({ url, ca, username, password }: Input): Promise<Measured> {
  const auth = { username, password: { secretValue: password } }
  const port = unwrap(await createRegistry([vsphere]).connect({ type: 'vsphere', endpoint: 'bench', url, ca, auth }))
  return {
    async run() {
      const { items } = unwrap(await port.listVms())
      if (items.length < vms) throw new Error(`only ${items.length} VMs`)
    },
    close: () => port.close(),
  }
}

const script = fileURLToPath(new URL('vsphere_read.py', import.meta.url))

/** The work is done by a process of Python, which warms up and measures its own CPU in the same way. */
export async function pyvmomiReads({ url, username, password, python = 'python3' }: Input): Promise<Measured> {
  let cpuMs = 0
  return {
    async run() {
      const { hostname: host, port } = new URL(url)
      const endpoint = JSON.stringify({ host, port: Number(port), user: username, password, properties, vms })
      const { stdout } = await promisify(execFile)(python, [script], {
        env: { ...process.env, VSPHERE_ENDPOINT: endpoint },
      })
      cpuMs = Number(stdout)
    },
    cpuMs: () => cpuMs,
    close: () => Promise.resolve(),
  }
}
