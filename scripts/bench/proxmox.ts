import { createRegistry, unwrap } from '@dcm/core'
import { proxmox } from '@dcm/proxmox'
import { createProxmoxClient } from '@dcm/proxmox/client'
import { startProxmoxSimulatorProcess } from '@dcm/proxmox/simulator'
import { Pool } from 'undici'
import type { Measured } from './child.js'
import { compare } from './compare.js'

/** What the candidates need of the simulator, which runs in a process of its own. */
interface Input {
  readonly url: string
  readonly ca: string
  readonly node: string
  readonly tokenId: string
  readonly secret: string
}

const lists = 5
const gets = 1000
/** What a list of the port asks for: VMs and nodes come with all else in one answer. */
const listPath = '/api2/json/cluster/resources'

/** Lists of 10,000 VMs, and 1,000 small reads one after the other. */
export async function proxmoxBenchmarks(): Promise<void> {
  const simulator = await startProxmoxSimulatorProcess({ seed: { vms: 10_000 } })
  try {
    const { url, ca, nodes, credentials } = simulator
    const [node = ''] = nodes
    const input: Input = { url, ca, node, tokenId: credentials.tokenId, secret: credentials.tokenSecret }
    await compare({
      name: `Proxmox VE: list 10,000 VMs, ${lists} times`,
      candidates: [
        { label: 'Pool.request + JSON.parse of the same bodies', module: 'proxmox', export: 'bareLists' },
        { label: 'port.listVms', module: 'proxmox', export: 'portLists' },
      ],
      input,
    })
    await compare({
      name: `Proxmox VE: ${gets} sequential reads`,
      candidates: [
        { label: 'Pool.request of undici + JSON.parse', module: 'proxmox', export: 'bareGets' },
        { label: "client.request('GET /nodes/{node}/network')", module: 'proxmox', export: 'clientGets' },
      ],
      input,
    })
  } finally {
    await simulator.close()
  }
}

function bare({ url, ca, tokenId, secret }: Input) {
  // A Pool: an Agent makes a new one for each request once the server has closed its first connection.
  const pool = new Pool(url, { connect: { ca }, connections: 8, keepAliveTimeout: 4000 })
  const headers = { authorization: `PVEAPIToken=${tokenId}=${secret}` }
  const get = async (path: string): Promise<unknown> => {
    const { body } = await pool.request({ method: 'GET', path, headers })
    return JSON.parse(await body.text())
  }
  return { get, close: () => pool.close() }
}

export async function bareLists(input: Input): Promise<Measured> {
  const { get, close } = bare(input)
  return {
    async run() {
      for (let count = 0; count < lists; count += 1) await get(listPath)
    },
    close,
  }
}

export async function portLists({ url, ca, tokenId, secret }: Input): Promise<Measured> {
  const auth = { tokenId, secret: { secretValue: secret } }
  const port = unwrap(await createRegistry([proxmox]).connect({ type: 'proxmox', endpoint: 'bench', url, ca, auth }))
  return {
    async run() {
      for (let count = 0; count < lists; count += 1) {
        const { items } = unwrap(await port.listVms())
        if (items.length < 10_000) throw new Error(`only ${items.length} VMs`)
      }
    },
    close: () => port.close(),
  }
}

export async function bareGets(input: Input): Promise<Measured> {
  const { get, close } = bare(input)
  return {
    async run() {
      for (let count = 0; count < gets; count += 1) await get(`/api2/json/nodes/${input.node}/network`)
    },
    close,
  }
}

export async function clientGets({ url, ca, node, tokenId, secret }: Input): Promise<Measured> {
  const client = createProxmoxClient({ url, ca, auth: { tokenId, secret } })
  return {
    async run() {
      for (let count = 0; count < gets; count += 1) await client.request('GET /nodes/{node}/network', { node })
    },
    close: () => client.close(),
  }
}
