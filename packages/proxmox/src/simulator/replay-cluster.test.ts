import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type RawReply, rawRequest } from '../../test/raw-client.js'
import { type Recording, readRecordings } from '../../test/recordings.js'
import { shapeOf } from '../../test/shape.js'
import { operationFacts } from '../generated/operation-facts.js'
import { createRouter } from './http/router.js'
import { type ProxmoxSimulator, startProxmoxSimulator } from './index.js'
import { allOperations } from './operations/all-operations.js'

const router = createRouter(Object.keys(operationFacts))

function isModelled(recording: Recording): boolean {
  const { method, path } = recording.request
  const route = router.find(method, path.replace('/api2/json', '').split('?')[0] ?? '')
  return route !== undefined && allOperations.has(route.key)
}

/** Refusals while the recorded nodes were still joining, the HA manager's own rows after it woke up, certificate tasks. */
const passing = [/^17[89] /, /^180 /, /\/cluster\/ha\/status\/current$/, /:acme[a-z]+::root@pam:\/status$/]

const ofLife = readRecordings().filter((recording) => recording.request.auth === undefined)
const recordings = ofLife.filter(
  (recording) => isModelled(recording) && !passing.some((pattern) => pattern.test(recording.name)),
)

let simulator: ProxmoxSimulator
let ticket = ''
let csrf = ''
/** Whether the recorded case logged in; the others used a token. */
let usesTicket = false
let currentCase = ''
const upids = new Map<string, string>()

beforeAll(async () => {
  const shared = { content: ['rootdir', 'images'] }
  simulator = await startProxmoxSimulator({
    speed: 500,
    // Statistics come when the test says so, as recorded rows tell.
    timing: { statisticsIntervalMs: 3_600_000, lockSecondMs: 50, haRoundMs: 5 },
    lenientBridges: true,
    password: 'recorded',
    seed: {
      clusterName: 'dogfood',
      nodes: ['pve', 'pve2-dogfood', 'pve3-dogfood'],
      templates: [],
      installationImages: [],
      storages: [
        { id: 'local', type: 'dir', content: ['iso', 'import', 'vztmpl', 'backup'], path: '/var/lib/vz' },
        { id: 'local-lvm', type: 'lvmthin', ...shared, options: { vgname: 'pve', thinpool: 'data' } },
        { id: 'local-zfs', type: 'zfspool', ...shared, options: { pool: 'rpool/data' } },
      ],
    },
  })
})

afterAll(() => simulator?.close())

async function untilTasksEnded(): Promise<void> {
  while (simulator.tasks().some((task) => task.running)) await new Promise((resolve) => setTimeout(resolve, 2))
}

/** What the HA manager is asked for it does in a round of its own, which is no task: until it has. */
async function untilHaActed({ method, path, body }: Recording['request'], answer: unknown): Promise<void> {
  const [, what, migrated] = /\/cluster\/ha\/(resources|rules)(?:\/([^/]+)\/migrate)?$/.exec(path) ?? []
  if (method !== 'POST' || what === undefined) return
  const wish = new URLSearchParams(body ?? '')
  const guest = (sid: string) => simulator.vms().find(({ vmid }) => `vm:${vmid}` === sid)
  const isDone = (): boolean => {
    if (what === 'rules') {
      const nodes = (wish.get('resources') ?? '').split(',').map((sid) => guest(sid)?.node)
      return wish.get('affinity') !== 'negative' || new Set(nodes).size === nodes.length
    }
    if (migrated === undefined) return wish.get('state') !== 'started' || guest(wish.get('sid') ?? '')?.running === true
    return guest(migrated)?.node === wish.get('node')
  }
  const isBlocked = typeof answer === 'object' && answer !== null && 'blocking-resources' in answer
  if (!isBlocked) await vi.waitUntil(isDone, { timeout: 20_000, interval: 2 })
}

function dataOf(text: string): unknown {
  return (JSON.parse(text) as { data: unknown }).data // a body of the platform
}

function isRunning(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'status' in data && data.status === 'running'
}

function rowsOf(data: unknown): Record<string, unknown>[] {
  return Array.isArray(data) ? data : []
}

function headersOf(recording: Recording): Record<string, string> {
  const type = recording.request.contentType
  const login = recording.request.path.endsWith('/access/ticket')
  const proof = usesTicket
    ? { cookie: `PVEAuthCookie=${encodeURIComponent(ticket)}`, csrfpreventiontoken: csrf }
    : { authorization: `PVEAPIToken=${simulator.credentials.token}` }
  return { ...(login ? {} : proof), ...(type === undefined || type === null ? {} : { 'content-type': type }) }
}

function bodyOf(recording: Recording): string | undefined {
  const { body, path, contentType } = recording.request
  if (path.endsWith('/upload')) return uploadBody(contentType ?? '')
  if (body === undefined || body === null) return undefined
  return body.replace('password=REDACTED', 'password=recorded')
}

function uploadBody(contentType: string): string {
  const boundary = /boundary=(.+)$/.exec(contentType)?.[1] ?? ''
  const part = (disposition: string, content: string): string =>
    `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${content}\r\n`
  return `${part('name="content"', 'iso')}${part('name="filename"; filename="a.iso"', 'image')}--${boundary}--\r\n`
}

/** Guests that the HA manager moved are addressed where the simulator has them. */
function pathOf(recording: Recording): string {
  let { path } = recording.request
  for (const [recorded, simulated] of upids) path = path.replaceAll(recorded, simulated)
  const guest = /\/qemu\/(\d+)/.exec(path)?.[1]
  const node = simulator.vms().find((vm) => String(vm.vmid) === guest)?.node
  if (node !== undefined) path = path.replace(/\/nodes\/[^/]+\//, `/nodes/${node}/`)
  const upid = /UPID:([^:]+):/.exec(path)?.[1]
  return upid === undefined ? path : path.replace(/\/nodes\/[^/]+\//, `/nodes/${upid}/`)
}

async function replay(recording: Recording): Promise<RawReply> {
  const recorded = dataOf(recording.response.body)
  if (!isRunning(recorded)) await untilTasksEnded()
  if (rowsOf(recorded).some((row) => row.name !== undefined)) {
    simulator.faults.apply({ type: 'broadcast-statistics' })
  }
  const name = recording.name.split(' ')[1] ?? ''
  if (name !== currentCase) {
    currentCase = name
    usesTicket = recording.request.path.endsWith('/access/ticket')
  }
  const body = bodyOf(recording)
  const reply = await rawRequest(simulator, recording.request.method, pathOf(recording), {
    headers: headersOf(recording),
    ...(body === undefined ? {} : { body }),
  })
  const data = reply.data
  if (typeof recorded === 'string' && recorded.startsWith('UPID:') && typeof data === 'string')
    upids.set(recorded, data)
  if (recording.request.path.endsWith('/access/ticket')) {
    const session = data as { ticket: string; CSRFPreventionToken: string } // the answer to a login
    ticket = session.ticket
    csrf = session.CSRFPreventionToken
  }
  if (reply.status === 200) await untilHaActed(recording.request, data)
  return reply
}

/**
 * Figures that come and go with the recorded hosts: a cluster name only in clusters, an exit status once a task is over,
 * marks of HA, of the node's control groups, and memory figures of the release.
 */
const comesAndGoes = new Set([
  'clustername',
  'exitstatus',
  'hastate',
  'cgroup-mode',
  'memhost',
  'lock',
  'blocking-resources',
  'email',
  'tokenid',
])

describe.skipIf(ofLife.length === 0)('the simulator answers like the recorded clusters', () => {
  it('models most of what was recorded', () => {
    expect(recordings.length).toBeGreaterThan(150)
  })

  it.each(recordings.map((recording) => [recording.name, recording] as const))('%s', async (_name, recording) => {
    const reply = await replay(recording)
    const { response } = recording
    expect({ status: reply.status, reason: reply.reason }).toEqual({ status: response.status, reason: response.reason })
    const recorded = dataOf(response.body)
    const simulated = shapeOf(reply.data, comesAndGoes)
    const expected = shapeOf(recorded, comesAndGoes)
    // The recorded clusters held fewer things: each kind of row they showed must be among the simulator's.
    if (Array.isArray(expected)) expect(simulated).toEqual(expect.arrayContaining(expected))
    else expect(simulated).toEqual(expected)
    if (!isRunning(recorded) && typeof recorded === 'object' && recorded !== null && 'exitstatus' in recorded) {
      expect(reply.data).toMatchObject({ status: 'stopped', exitstatus: recorded.exitstatus })
    }
  })
})
