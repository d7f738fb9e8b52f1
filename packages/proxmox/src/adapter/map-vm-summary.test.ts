import { describe, expect, it } from 'vitest'
import { createSummaryMapper } from './map-vm-summary.js'
import type { ResourceRow } from './platform.js'

const row = (more: Partial<ResourceRow>): ResourceRow => ({
  id: 'qemu/100',
  type: 'qemu',
  vmid: 100,
  node: 'pve1',
  ...more,
})
const full = { name: 'web', maxcpu: 2, maxmem: 1024, tags: 'b;dcm-0123abcd;a' }

describe('rows of /cluster/resources', () => {
  it('become summaries with what they have, and nothing undefined', () => {
    const { map } = createSummaryMapper('lab')
    expect(map(row({ ...full, status: 'running', uptime: 7 }), 100)).toStrictEqual({
      ref: { endpoint: 'lab', id: '100', locator: 'pve1' },
      name: 'web',
      powerState: 'running',
      rawState: 'running',
      host: 'pve1',
      cpus: 2,
      memoryBytes: 1024,
      tags: ['b', 'a'],
      uptimeSeconds: 7,
    })
    expect(map(row({ ...full, status: 'stopped', uptime: 0 }), 100)).not.toHaveProperty('uptimeSeconds')
    expect(map(row({ status: 'unknown' }), 100)).toStrictEqual({
      ref: { endpoint: 'lab', id: '100', locator: 'pve1' },
      powerState: 'unknown',
      rawState: 'unknown',
      host: 'pve1',
      tags: [],
    })
  })

  it('tell pool, lock and transition where there are any', () => {
    const { map } = createSummaryMapper('lab')
    expect(map(row({ ...full, status: 'stopped', lock: 'clone', pool: 'web' }), 100)).toMatchObject({
      powerState: 'transitioning',
      transition: 'provisioning',
      locked: 'clone',
      rawState: 'stopped//clone',
      resourcePool: 'web',
    })
    expect(map({ id: 'qemu/7', type: 'qemu' }, 7)).toStrictEqual({
      ref: { endpoint: 'lab', id: '7' },
      powerState: 'unknown',
      rawState: 'unknown',
      tags: [],
    })
  })

  it('share their tag lists', () => {
    const { map } = createSummaryMapper('lab')
    const [one, two] = [map(row({ ...full, status: 'running' }), 100), map(row({ ...full, status: 'stopped' }), 101)]
    expect(one.tags).toBe(two.tags)
  })
})
