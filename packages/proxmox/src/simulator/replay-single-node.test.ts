import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RawReply, rawRequest } from '../../test/raw-client.js'
import { type Recording, readRecordings } from '../../test/recordings.js'
import { shapeOf } from '../../test/shape.js'
import { type ProxmoxSimulator, startProxmoxSimulator } from './index.js'

const recordings = readRecordings().filter((recording) => recording.request.auth !== undefined)

const TOKEN = '11111111-1111-4111-8111-111111111111'
const AUDITOR_TOKEN = '22222222-2222-4222-8222-222222222222'
const DIRECTORY_CONTENT = ['snippets', 'iso', 'images', 'backup', 'vztmpl', 'rootdir']

let simulator: ProxmoxSimulator
let ticket = ''
let csrf = ''
/** Recorded task ids to those of the simulator. */
const upids = new Map<string, string>()

/** The recorded host: one node without statistics, two directories, a user with a full and a reading token. */
beforeAll(async () => {
  simulator = await startProxmoxSimulator({
    speed: 2000,
    timing: { statisticsIntervalMs: 0, loginDelayMs: 1, lockSecondMs: 50 },
    seed: {
      nodes: ['pve1'],
      templates: [],
      installationImages: [],
      storages: [
        { id: 'local', type: 'dir', content: DIRECTORY_CONTENT, path: '/var/lib/vz' },
        { id: 'lab', type: 'dir', content: [...DIRECTORY_CONTENT, 'import'], path: '/mnt/lab' },
      ],
      users: [
        {
          id: 'dev@pve',
          password: 'PASSWORD',
          tokens: [
            { id: 'ci', secret: TOKEN, privsep: false },
            { id: 'ro', secret: AUDITOR_TOKEN },
          ],
        },
      ],
      acl: [
        { path: '/', role: 'Administrator', subject: 'dev@pve' },
        { path: '/', role: 'PVEAuditor', subject: 'dev@pve!ro' },
      ],
    },
  })
})

afterAll(() => simulator?.close())

async function untilTasksEnded(): Promise<void> {
  while (simulator.tasks().some((task) => task.running)) await new Promise((resolve) => setTimeout(resolve, 2))
}

/** What the recorder did by hand between its requests. */
async function byHand(label: string): Promise<void> {
  if (label.includes(' locked vm start:')) simulator.faults.setLock(101, 'backup')
  if (!label.includes(' protected vm delete:')) return
  simulator.faults.setLock(101, null)
  await rawRequest(simulator, 'PUT', '/api2/json/nodes/pve1/qemu/101/config', {
    headers: { authorization: `PVEAPIToken=dev@pve!ci=${TOKEN}` },
    body: 'protection=1',
  })
}

/** How the recorder authenticated: `auth` says it but for the attempts that were meant to fail. */
function authentication(label: string, auth: string | undefined): Record<string, string> {
  if (label.includes(' token bad secret:')) return { authorization: 'PVEAPIToken=dev@pve!ci=wrong' }
  if (label.includes(' token unknown:')) return { authorization: 'PVEAPIToken=dev@pve!nope=wrong' }
  if (label.includes(' garbage ticket:')) return { cookie: 'PVEAuthCookie=garbage' }
  if (label.includes(' write without CSRF:')) return { cookie: `PVEAuthCookie=${encodeURIComponent(ticket)}` }
  if (label.includes('not percent-encoded')) return { cookie: `PVEAuthCookie=${ticket}` }
  if (auth === 'token:dev') return { authorization: `PVEAPIToken=dev@pve!ci=${TOKEN}` }
  if (auth === 'token:ro') return { authorization: `PVEAPIToken=dev@pve!ro=${AUDITOR_TOKEN}` }
  if (auth === 'ticket') {
    return { cookie: `PVEAuthCookie=${encodeURIComponent(ticket)}`, csrfpreventiontoken: csrf }
  }
  return {}
}

function bodyOf(recording: Recording): string | undefined {
  const { body } = recording.request
  if (body === undefined || body === null) return undefined
  if (recording.name.includes('ticket as password')) {
    return `username=dev%40pve&password=${encodeURIComponent(ticket)}`
  }
  return body.replace(/\((\d+) characters\)/, (_, length: string) => 'x'.repeat(Number(length)))
}

function pathOf(recording: Recording): string {
  let { path } = recording.request
  for (const [recorded, simulated] of upids) {
    path = path.replace(encodeURIComponent(recorded), encodeURIComponent(simulated))
  }
  return path
}

async function replay(recording: Recording): Promise<RawReply> {
  await untilTasksEnded()
  await byHand(recording.name)
  const body = bodyOf(recording)
  const { method, contentType, auth } = recording.request
  const reply = await rawRequest(simulator, method, pathOf(recording), {
    headers: {
      ...authentication(recording.name, auth),
      ...(contentType === undefined || contentType === null ? {} : { 'content-type': contentType }),
    },
    ...(body === undefined ? {} : { body }),
  })
  remember(recording, reply)
  return reply
}

function remember(recording: Recording, reply: RawReply): void {
  const recorded = parsed(recording.response.body)?.data
  if (typeof recorded === 'string' && recorded.startsWith('UPID:') && typeof reply.data === 'string') {
    upids.set(recorded, reply.data)
  }
  const data = parsed(reply.text)?.data
  if (recording.request.path.endsWith('/access/ticket') && typeof data === 'object' && data !== null) {
    const session = data as { ticket?: string; CSRFPreventionToken?: string } // the answer to a login
    ticket = session.ticket ?? ticket
    csrf = session.CSRFPreventionToken ?? csrf
  }
}

interface Body {
  readonly data?: unknown
  readonly total?: unknown
  readonly message?: string
  readonly errors?: Readonly<Record<string, string>>
}

function parsed(text: string): Body | undefined {
  try {
    return JSON.parse(text) as Body // a body of the platform
  } catch {
    return undefined
  }
}

/** The recorded host ran no cluster file system, from which rows take the lock and the tags of a guest. */
const notRecorded = new Set(['lock', 'tags'])

function exitStatus(body: Body | undefined): unknown {
  const { data } = body ?? {}
  return typeof data === 'object' && data !== null && 'exitstatus' in data ? data.exitstatus : undefined
}

function lastLine(body: Body | undefined): unknown {
  return Array.isArray(body?.data) ? (body.data.at(-1) as { t?: unknown }).t : undefined // rows of a task log
}

describe.skipIf(recordings.length === 0)('the simulator answers like the recorded single node', () => {
  it.each(recordings.map((recording) => [recording.name, recording] as const))('%s', async (_name, recording) => {
    const reply = await replay(recording)
    const { response } = recording
    expect({ status: reply.status, reason: reply.reason }).toEqual({
      status: response.status,
      reason: response.reason,
    })
    expect(reply.headers['content-type']).toBe(response.headers['content-type'])
    expect(reply.headers.server).toBe(response.headers.server)
    const recorded = parsed(response.body)
    const simulated = parsed(reply.text)
    if (recorded === undefined) {
      expect(reply.text).toBe(response.body)
      return
    }
    expect(simulated?.message).toBe(recorded.message)
    expect(simulated?.errors).toEqual(recorded.errors)
    expect(shapeOf(simulated, notRecorded)).toEqual(shapeOf(recorded, notRecorded))
    expect(exitStatus(simulated)).toBe(exitStatus(recorded))
    if (recording.request.path.includes('/log?')) expect(lastLine(simulated)).toBe(lastLine(recorded))
  })
})
