import { describe, expect, it } from 'vitest'
import { presence } from '../generated/presence.js'
import { createPresenceCheck } from './presence.js'

function check(release: string, key: string, parameters?: Record<string, unknown>): () => void {
  return () => createPresenceCheck(presence, release, 'pve1:8006')(key, parameters)
}

describe('createPresenceCheck', () => {
  it.each([
    ['7.4', 'GET /cluster/ha/rules'],
    ['8.4', 'GET /cluster/ha/rules'],
    ['8.1', 'POST /access/vncticket'],
    ['7.4', 'GET /cluster/acme/meta'],
    ['8.4', 'GET /nodes/{node}/ceph/pools'],
    ['9.2', 'GET /nodes/{node}/scan/glusterfs'],
  ])('%s lacks %s', (release, key) => {
    expect(check(release, key)).toThrow(
      expect.objectContaining({ kind: 'unsupported', outcome: 'not-started', operation: key }),
    )
  })

  it.each([
    ['9.2', 'GET /cluster/ha/rules'],
    // Between two known descriptions nothing is refused that might exist.
    ['9.0', 'GET /cluster/ha/rules'],
    ['8.0', 'GET /cluster/acme/meta'],
    ['7.4', 'GET /version'],
    ['10.1', 'GET /cluster/ha/rules'],
    ['nonsense', 'GET /cluster/ha/rules'],
    ['9.2', 'GET /toString'],
  ])('%s may have %s', (release, key) => {
    expect(check(release, key)).not.toThrow()
  })

  it('knows parameters, and ignores those left undefined', () => {
    expect(check('7.4', 'GET /pools', { poolid: 'a' })).toThrow(/poolid/)
    expect(check('7.4', 'GET /pools', { poolid: undefined })).not.toThrow()
    expect(check('8.4', 'GET /pools', { poolid: 'a' })).not.toThrow()
    expect(check('9.2', 'POST /storage', { maxfiles: 1 })).toThrow(/gone/)
  })
})
