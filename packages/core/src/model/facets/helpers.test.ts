import { describe, expect, it } from 'vitest'
import { HypervisorError } from '../../errors/hypervisor-error.js'
import { err, ok } from '../../result.js'
import { reachableAddresses } from './addresses.js'
import { type ChangeBatch, watchChanges } from './events.js'
import { snapshotTree } from './snapshots.js'

describe('reachableAddresses', () => {
  it('leaves out what nobody outside can reach, and gives IPv4 first', () => {
    expect(
      reachableAddresses([
        { name: 'lo', addresses: ['127.0.0.1', '::1'] },
        { name: 'eth0', addresses: ['2001:db8::7', 'fe80::1%eth0', '192.0.2.7/24', '169.254.3.4'] },
        { name: 'docker0', addresses: ['172.17.0.1'] },
        { name: 'br-0123456789ab', addresses: ['172.18.0.1'] },
        { name: 'cali1234', addresses: ['10.42.0.1'] },
        { name: 'veth0@if3', addresses: ['10.43.0.1'] },
        { name: 'vEthernet (WSL)', addresses: ['172.19.0.1'] },
        { name: 'vEthernet (External)', addresses: ['203.0.113.9'] },
        { name: 'br0', addresses: ['198.51.100.1', '192.0.2.7'] },
        { name: 'eth1', addresses: ['nonsense', '0.0.0.0', 'fd00::5'] },
      ]),
    ).toEqual(['192.0.2.7', '203.0.113.9', '198.51.100.1', '2001:db8::7', 'fd00::5'])
  })
})

describe('snapshotTree', () => {
  it('nests by id, though names repeat', () => {
    const one = { name: 'same', memory: false }
    const snapshots = [
      { ...one, id: 'a' },
      { ...one, id: 'b', parent: 'a' },
      { ...one, id: 'c', parent: 'a' },
      { ...one, id: 'd', parent: 'gone' },
    ]
    const ids = snapshotTree({ snapshots }).map(({ id, children }) => [id, children.map((child) => child.id)])
    expect(ids).toEqual([
      ['a', ['b', 'c']],
      ['d', []],
    ])
  })
})

describe('watchChanges', () => {
  const reset = { type: 'reset', at: '2026-01-01T00:00:00Z' } as const

  it('goes on from each cursor, and tells the first one', async () => {
    const asked: (string | undefined)[] = []
    const batches: ChangeBatch[] = [
      { events: [], cursor: '1', retryAfterMs: 0 },
      { events: [], cursor: '2', retryAfterMs: 0 },
      { events: [reset], cursor: '3', retryAfterMs: 0 },
    ]
    const events = {
      async next({ cursor }: { readonly cursor?: string }) {
        asked.push(cursor)
        const batch = batches.shift()
        return batch ? ok(batch) : err(new HypervisorError('UNAVAILABLE', 'gone'))
      },
    }
    const seen: string[] = []
    const watching = (async () => {
      for await (const { cursor } of watchChanges(events)) seen.push(cursor)
    })()
    await expect(watching).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(asked).toEqual([undefined, '1', '2', '3'])
    expect(seen).toEqual(['1', '3'])
  })

  it('ends when it is aborted while it waits', async () => {
    const controller = new AbortController()
    const events = { next: async () => ok({ events: [reset], cursor: '1', retryAfterMs: 60_000 }) }
    let batches = 0
    for await (const _ of watchChanges(events, { signal: controller.signal })) {
      batches++
      setTimeout(() => controller.abort(), 5)
    }
    expect(batches).toBe(1)
  })
})
