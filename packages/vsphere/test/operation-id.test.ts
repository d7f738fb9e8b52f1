import { startLoopbackServer } from '@dcm/wire/loopback'
import { expect, it } from 'vitest'
import { createVsphereClient } from '../src/client/index.js'
import { failure } from './misbehaviour/on-simulator.js'

it('gives each call an id that the logs of the server have, and its error too', async () => {
  const bodies: string[] = []
  const { url, ca, close } = await startLoopbackServer({
    handler: ({ body }) => {
      if (body.length > 0) bodies.push(body.toString())
      return { status: 503, body: 'the service is starting' }
    },
  })
  const client = createVsphereClient({ url, ca, auth: { username: 'any', password: 'any' } })
  const errors = [await failure(client.serviceContent()), await failure(client.serviceContent())]
  await client.close()
  await close()
  const told = bodies.map((body) => /<soapenv:Header><operationID>([^<]+)</.exec(body)?.[1])
  expect(new Set(told).size).toBe(2)
  expect(errors.map(({ operationId }) => operationId)).toEqual(told)
  expect(JSON.stringify(errors[0])).toMatch(/"operationId":"dcm-[0-9a-f]{8}-\d+"/)
})

it('gives each REST call such an id too, those that log in and out included', async () => {
  const requests: (readonly [string | undefined, string | undefined])[] = []
  const { url, ca, close } = await startLoopbackServer({
    handler: ({ method, path, headers }) => {
      requests.push([`${method} ${path}`, headers['x-request-id']?.toString()])
      if (path !== '/api/session') return { status: 503, body: 'the service is starting' }
      return method === 'POST' ? { status: 201, body: '"session-1"' } : { status: 204 }
    },
  })
  const client = createVsphereClient({ url, ca, auth: { username: 'any', password: 'any' } })
  const errors = [
    await failure(client.rest.request('GET /cis/tagging/tag')),
    await failure(client.rest.request('GET /cis/tagging/tag')),
  ]
  await client.close()
  await close()
  const paths = ['POST /api/session', 'GET /api/cis/tagging/tag', 'GET /api/cis/tagging/tag', 'DELETE /api/session']
  expect(requests.map(([request]) => request)).toEqual(paths)
  const told = requests.map(([, id]) => id)
  expect(new Set(told).size).toBe(4)
  for (const id of told) expect(id).toMatch(/^dcm-[0-9a-f]{8}-\d+$/)
  expect(errors.map(({ operationId }) => operationId)).toEqual(told.slice(1, 3))
})
