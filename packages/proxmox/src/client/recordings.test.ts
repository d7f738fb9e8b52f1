import { describe, expect, it } from 'vitest'
import { type Recording, readRecordings } from '../../test/recordings.js'
import { operationFacts } from '../generated/operation-facts.js'
import { createProxmoxClient, ProxmoxError } from './index.js'
import type { OperationKey } from './request-types.js'
import type { FetchLike } from './sender-fetch.js'

const recordings = readRecordings()
const uploadKey = 'POST /nodes/{node}/storage/{storage}/upload'

interface Sent {
  readonly method: string
  readonly path: string
  readonly parameters: string[][]
}

/** The client on a fetch that answers with one recorded response and keeps what was sent. */
function replay(recording: Recording): { client: ReturnType<typeof createProxmoxClient>; sent: Sent[] } {
  const sent: Sent[] = []
  const fetch: FetchLike = async (input, init) => {
    const url = new URL(input)
    const form = typeof init.body === 'string' ? new URLSearchParams(init.body) : new URLSearchParams()
    sent.push({
      method: init.method ?? '',
      path: decodeURIComponent(url.pathname),
      parameters: [...url.searchParams, ...form].sort(),
    })
    const { status, reason, headers, body } = recording.response
    return new Response(body, {
      status,
      statusText: reason,
      headers: { 'content-type': headers['content-type'] ?? '' },
    })
  }
  const auth = { tokenId: 'root@pam!replay', secret: 'not-a-secret' }
  return { client: createProxmoxClient({ url: 'https://pve1:8006', auth, fetch }), sent }
}

/** The operation that a recorded path belongs to, with all parameters as texts. */
function identify(recording: Recording): { key: OperationKey; parameters: Record<string, unknown> } | undefined {
  const { method, path, body, contentType } = recording.request
  const [pathname = '', query = ''] = path.replace('/api2/json', '').split('?')
  const segments = pathname.split('/')
  const key = Object.keys(operationFacts).find((candidate) => fits(candidate, method, segments))
  if (key === undefined) return undefined
  const template = key.slice(method.length + 1).split('/')
  const parameters: Record<string, unknown> = {}
  template.forEach((part, index) => {
    if (part.startsWith('{')) parameters[part.slice(1, -1)] = decodeURIComponent(segments[index] ?? '')
  })
  const form = contentType === 'application/x-www-form-urlencoded' ? (body ?? '') : ''
  for (const [name, value] of [...new URLSearchParams(query), ...new URLSearchParams(form)]) {
    const before = parameters[name]
    parameters[name] = before === undefined ? value : [before, value].flat()
  }
  return { key: key as OperationKey, parameters } // a key of the facts is a key of the operations
}

function fits(key: string, method: string, segments: readonly string[]): boolean {
  const [keyMethod, template = ''] = key.split(' ')
  const parts = template.split('/')
  return (
    keyMethod === method &&
    parts.length === segments.length &&
    parts.every((part, index) => part.startsWith('{') || part === segments[index])
  )
}

/** Requests that the client refuses to make, or cannot make wrong: raw bodies, bodies of DELETE, absent operations. */
function isMalformed(recording: Recording): boolean {
  const { method, body, contentType, path } = recording.request
  if (method === 'DELETE' && body) return true
  if (path.includes('UPID%3Ax')) return false
  if (contentType && !contentType.startsWith('application/x-www-form-urlencoded')) return true
  if (body === null || body === undefined) return false
  // What a correct writer of forms would not have written.
  return body.includes(';') || /=[^&]*=/.test(body) || /characters\)/.test(body)
}

function keysOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(keysOf)
  if (typeof value !== 'object' || value === null) return value === null ? null : '.'
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, keysOf(member)]))
}

describe.skipIf(recordings.length === 0)('recorded exchanges', () => {
  it('are 371', () => {
    expect(recordings).toHaveLength(371)
  })

  it.each(recordings.map((recording) => [recording.name, recording] as const))('%s', async (_name, recording) => {
    const { client, sent } = replay(recording)
    const identified = identify(recording)
    const upload = identified?.key === uploadKey
    const call = upload
      ? client.upload({ node: 'pve1', storage: 'lab', content: 'iso', filename: 'a.iso', data: new Uint8Array(5) })
      : client.envelope(identified?.key ?? 'GET /version', (identified?.parameters ?? {}) as never) // recorded, not typed
    const outcome = await call.catch((error: unknown) => error)
    const { status, body } = recording.response

    if (status !== 200) {
      expect(ProxmoxError.isInstance(outcome)).toBe(true)
      const error = outcome as ProxmoxError // checked above
      expect(error.status).toBe(status)
      expect(['internal', 'protocol'].includes(error.kind) && !isKnownToBeUnclassified(recording)).toBe(false)
      return
    }
    if (upload) {
      expect(outcome).toMatchObject({ upid: (JSON.parse(body) as { data: string }).data })
      return
    }
    expect(keysOf(outcome)).toEqual(keysOf(JSON.parse(body)))
    if (identified === undefined || isMalformed(recording)) return
    const [request] = sent
    const [pathname = '', query = ''] = recording.request.path.split('?')
    expect(request?.method).toBe(recording.request.method)
    expect(request?.path).toBe(decodeURIComponent(pathname))
    expect(request?.parameters).toEqual(
      [...new URLSearchParams(query), ...new URLSearchParams(recording.request.body ?? '')].sort(),
    )
  })
})

/** Texts of bugs and of broken requests, which have no class of their own. */
function isKnownToBeUnclassified(recording: Recording): boolean {
  const { reason, body } = recording.response
  return /malformed JSON|wrong field name|Content-Type|is invalid/.test(`${reason} ${body}`)
}
