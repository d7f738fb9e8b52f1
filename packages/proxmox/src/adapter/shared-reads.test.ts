import { expect, it } from 'vitest'
import type { ProxmoxApi } from './platform.js'
import { withSharedReads } from './shared-reads.js'

/** The calls that were sent; each is answered with how many there were, or refused. */
function platform() {
  const sent: string[] = []
  const answers: (() => Promise<unknown>)[] = []
  const request = async (key: string, parameters: object = {}): Promise<unknown> => {
    sent.push(`${key} ${JSON.stringify(parameters)}`)
    return (answers.shift() ?? (async () => sent.length))()
  }
  const api = withSharedReads({ request: request as ProxmoxApi['request'] } as ProxmoxApi)
  return { api, sent, answers }
}

it('sends one request for all who ask for one list in one turn', async () => {
  const { api, sent } = platform()
  const asking = Array.from({ length: 8 }, () => api.request('GET /cluster/resources'))
  expect(sent).toEqual([])
  expect(new Set(await Promise.all(asking)).size).toBe(1)
  expect(sent).toEqual(['GET /cluster/resources {}'])
})

it('never answers with what was read before somebody asked', async () => {
  const { api, sent, answers } = platform()
  let answer = (_value: unknown): void => {}
  answers.push(() => new Promise((resolve) => (answer = resolve)))
  const first = api.request('GET /cluster/resources')
  await expect.poll(() => sent.length).toBe(1)
  const second = api.request('GET /cluster/resources')
  answer('old')
  expect(await first).toBe('old')
  expect(await second).toBe(2)
})

it('keeps apart what differs by a parameter, and shares nothing that is no list', async () => {
  const { api, sent } = platform()
  const node = (name: string) => api.request('GET /nodes/{node}/network', { node: name })
  const next = () => api.request('GET /cluster/nextid')
  await Promise.all([node('a'), node('b'), node('a'), next(), next()])
  expect(sent.toSorted()).toEqual([
    'GET /cluster/nextid {}',
    'GET /cluster/nextid {}',
    'GET /nodes/{node}/network {"node":"a"}',
    'GET /nodes/{node}/network {"node":"b"}',
  ])
})

it('tells a failure to all who asked, and asks again for the next', async () => {
  const { api, answers } = platform()
  answers.push(() => Promise.reject(new Error('no')))
  const asking = [api.request('GET /pools'), api.request('GET /pools')]
  expect((await Promise.allSettled(asking)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await api.request('GET /pools')).toBe(2)
})

it('does not end a shared request for one who gave up', async () => {
  const { api, sent } = platform()
  const controller = new AbortController()
  const asking = [api.request('GET /pools', {}, { signal: controller.signal }), api.request('GET /pools')]
  controller.abort()
  expect(await asking[1]).toBe(1)
  expect(sent).toHaveLength(1)
})
