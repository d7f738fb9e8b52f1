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
