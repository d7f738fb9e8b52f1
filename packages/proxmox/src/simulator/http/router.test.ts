import { describe, expect, it } from 'vitest'
import { createRouter } from './router.js'

const router = createRouter([
  'GET /nodes',
  'GET /nodes/{node}/tasks/{upid}/status',
  'DELETE /nodes/{node}/storage/{storage}/content/{volume}',
  'GET /nodes/{node}/qemu/{vmid}/config',
  'GET /pools/{poolid}',
])

describe('createRouter', () => {
  it('fills the placeholders of a path', () => {
    const route = router.find('GET', '/nodes/pve1/qemu/100/config')
    expect(route?.key).toBe('GET /nodes/{node}/qemu/{vmid}/config')
    expect([...(route?.pathParameters ?? [])]).toEqual([
      ['node', 'pve1'],
      ['vmid', '100'],
    ])
  })

  it('finds a task by its id, encoded or raw', () => {
    const upid = 'UPID:pve1:00000001:00000002:6B03FC5D:qmstart:100:dev@pve!ci:'
    for (const path of [encodeURIComponent(upid), upid]) {
      expect(router.find('GET', `/nodes/pve1/tasks/${path}/status`)?.pathParameters.get('upid')).toBe(upid)
    }
  })

  it('takes the rest of the path for a volume', () => {
    const route = router.find('DELETE', '/nodes/pve1/storage/local/content/local%3A100%2Fvm-100-disk-0.qcow2')
    expect(route?.pathParameters.get('volume')).toBe('local:100/vm-100-disk-0.qcow2')
  })

  it('knows no other method and no other path', () => {
    expect(router.find('POST', '/nodes')).toBeUndefined()
    expect(router.find('GET', '/nope')).toBeUndefined()
    expect(router.find('GET', '/constructor')).toBeUndefined()
  })
})
