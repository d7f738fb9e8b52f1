import { gzipSync } from 'node:zlib'
import type { LoopbackReply } from '@dcm/wire/loopback'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createVsphereClient, reference, type VsphereClient, type VsphereError } from '../../src/client/index.js'
import { callPath } from '../../src/simulator/index.js'
import { collect, failure, openStage, type Stage } from './on-simulator.js'

const serviceInstance = reference('ServiceInstance', 'ServiceInstance')

const envelope = (body: string): string =>
  `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`

const answerWithProperties = (objects: string): string =>
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>' +
  `<RetrievePropertiesExResponse xmlns="urn:vim25"><returnval>${objects}</returnval></RetrievePropertiesExResponse></soapenv:Body></soapenv:Envelope>`

const dtd =
  '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;">]>' +
  envelope('<CurrentTimeResponse xmlns="urn:vim25"><returnval>&c;</returnval></CurrentTimeResponse>')

/** Answers of status 200 that no vSphere server gives. */
const strange: Readonly<Record<string, LoopbackReply>> = {
  'HTML that is XML': { status: 200, body: '<html><body><h1>Sign in</h1></body></html>' },
  'HTML that is none': { status: 200, body: '<!doctype html><html><p>Sign in<br></html>' },
  'a garbled envelope': { status: 200, body: '<?xml version="1.0"?><soapenv:Envelope <<& not XML' },
  'an unfinished envelope': { status: 200, body: envelope('').slice(0, -10) },
  nothing: { status: 200, body: '' },
  'an empty body of SOAP': { status: 200, body: envelope('') },
  'the answer to another call': { status: 200, body: envelope('<LogoutResponse xmlns="urn:vim25"/>') },
  'JSON of a gateway': { status: 200, body: '{"error":"no route"}' },
  'a DTD': { status: 200, body: dtd },
  'broken gzip': { status: 200, body: gzipSync(envelope('')).subarray(0, 40) },
}

describe('answers that are none', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await openStage({ seed: { vms: 3 } })
  })
  afterEach(() => stage.clear())
  afterAll(() => stage?.close())

  /** Runs a call whose answer is this one; what it fails with. */
  async function answered(client: VsphereClient, method: string, reply: LoopbackReply): Promise<VsphereError> {
    await client.sessionCookie()
    stage.simulator.faults.add({ match: { path: callPath(method), times: 1 }, action: { type: 'reply', reply } })
    if (method === 'CurrentTime') return failure(client.call(serviceInstance, method))
    const [vm] = stage.simulator.vms()
    if (method === 'PowerOffVM_Task') return failure(client.call(reference('VirtualMachine', vm?.ref ?? ''), method))
    return failure(collect(client.retrieve('VirtualMachine', ['name'])))
  }

  /** The session is the one of before, and good. */
  async function expectIntact(client: VsphereClient): Promise<void> {
    const logins = stage.simulator.logins()
    await client.call(serviceInstance, 'CurrentTime')
    expect(await collect(client.retrieve('VirtualMachine', ['name']))).toHaveLength(5)
    expect(stage.simulator.logins()).toBe(logins)
    expect(stage.simulator.sessions()).toHaveLength(1)
  }

  describe.each(Object.entries(strange))('%s', (_name, reply) => {
    it.each(['CurrentTime', 'RetrievePropertiesEx', 'CreateContainerView', 'PowerOffVM_Task'])(
      'as the answer of %s: a typed error, and the session stays',
      async (method) => {
        const client = stage.connect()
        expect(await answered(client, method, reply)).toMatchObject({
          kind: 'protocol',
          outcome: method === 'PowerOffVM_Task' ? 'unknown' : 'not-started',
          operation: method,
        })
        await expectIntact(client)
      },
    )
  })

  it.each(['CurrentTime', 'RetrievePropertiesEx', 'PowerOffVM_Task'])(
    'takes no more of an answer of %s than the limit, and keeps the session',
    async (method) => {
      const client = stage.connect({ maxBodyBytes: 50_000 })
      const body = envelope(`<${method}Response xmlns="urn:vim25">${'<returnval/>'.repeat(10_000)}</${method}Response>`)
      const error = await answered(client, method, { status: 200, body })
      expect(error).toMatchObject({
        kind: 'protocol',
        outcome: method === 'PowerOffVM_Task' ? 'unknown' : 'not-started',
      })
      expect(error.message).toContain('50000')
      await expectIntact(client)
    },
  )

  const unpacks = (text: string) => ({ status: 200, body: gzipSync(text) })

  it.each(['CurrentTime', 'RetrievePropertiesEx'])(
    'counts what an answer of %s unpacks to, also where it is not said that it is packed',
    async (method) => {
      for (const [limit, settings] of [
        [64 * 1024 * 1024, {}],
        [50_000, { maxBodyBytes: 50_000 }],
      ] as const) {
        const client = stage.connect(settings)
        const error = await answered(client, method, unpacks(' '.repeat(limit + 1)))
        expect(error).toMatchObject({ kind: 'protocol', outcome: 'not-started' })
        expect(error.message).toContain(`${limit} bytes`)
        await expectIntact(client)
        await stage.clear()
      }
    },
  )

  it('takes a packed answer that is larger than the default where that is allowed', async () => {
    const client = stage.connect({ maxBodyBytes: Number.MAX_SAFE_INTEGER })
    const answer = envelope(
      `<CurrentTimeResponse xmlns="urn:vim25"><returnval>2026-01-02T03:04:05Z</returnval></CurrentTimeResponse>`,
    )
    const reply = unpacks(answer + ' '.repeat(65 * 1024 * 1024))
    stage.simulator.faults.add({ match: { path: callPath('CurrentTime'), times: 1 }, action: { type: 'reply', reply } })
    expect(await client.call(serviceInstance, 'CurrentTime')).toBe('2026-01-02T03:04:05Z')
  })

  it.each([
    [
      'a value that is known at once',
      'config.annotation',
      (text: string) => `<val xsi:type="xsd:string">${text}</val>`,
    ],
    [
      'a value whose type is loaded when it comes',
      'guest',
      (text: string) => `<val xsi:type="GuestInfo"><hostName>${text}</hostName></val>`,
    ],
  ] as const)('reads control characters that XML 1.0 forbids: in %s', async (_name, path, value) => {
    const client = stage.connect()
    const [{ ref } = { ref: '' }] = stage.simulator.vms()
    const machine = reference('VirtualMachine', ref)
    await client.sessionCookie()
    // As they stand, and as references to them.
    const body = answerWithProperties(
      `<objects><obj type="VirtualMachine">${ref}</obj><propSet><name>${path}</name>${value('a\u000bb&#11;c')}</propSet></objects>`,
    )
    stage.simulator.faults.add({
      match: { path: callPath('RetrievePropertiesEx'), times: 1 },
      action: { type: 'reply', reply: { status: 200, body } },
    })
    const row = await client.read(machine, 'VirtualMachine', [path])
    expect(JSON.stringify(row)).toContain(JSON.stringify('a\u000bb\u000bc'))
  })

  it.each([
    [500, 'protocol', 'unknown'],
    [404, 'protocol', 'unknown'],
    [502, 'unreachable', 'unknown'],
    [503, 'unreachable', 'not-started'],
  ] as const)('takes a page of status %i for no answer of a vCenter', async (status, kind, outcome) => {
    const client = stage.connect()
    const body = '<html><body><h1>Service Unavailable</h1></body></html>'
    expect(await answered(client, 'PowerOffVM_Task', { status, body })).toMatchObject({ kind, outcome, status })
    expect(await answered(client, 'CurrentTime', { status, body })).toMatchObject({ kind, outcome: 'not-started' })
    await expectIntact(client)
  })

  it.each(['fingerprint256', 'fingerprint1'] as const)('sends nothing where the %s is another one', async (pin) => {
    const { simulator } = stage
    const { url, credentials: auth } = simulator
    const right = createVsphereClient({ url, auth, [pin]: simulator[pin] })
    await right.call(serviceInstance, 'CurrentTime')
    await right.close()
    simulator.requests.clear()
    const other = simulator[pin].replace(/^../, (pair) => (pair === '00' ? '01' : '00'))
    const wrong = createVsphereClient({ url, auth, [pin]: other })
    expect(await failure(wrong.sessionCookie())).toMatchObject({ kind: 'tls-untrusted', outcome: 'not-started' })
    await wrong.close()
    expect(simulator.requests.entries()).toEqual([])
  })
})
