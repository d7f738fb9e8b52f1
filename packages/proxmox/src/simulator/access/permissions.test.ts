import { describe, expect, it } from 'vitest'
import { type AccessState, callerOf, createUser, grant } from './accounts.js'
import { createPermissions, type Permissions } from './permissions.js'

function setUp(): { readonly state: AccessState; readonly permissions: Permissions } {
  const state: AccessState = { users: new Map(), acl: [], groups: new Set() }
  const dev = createUser('dev@pve')
  dev.groups.add('team')
  dev.tokens.set('full', { id: 'full', secret: 's', privsep: false, expire: 0, comment: undefined })
  dev.tokens.set('own', { id: 'own', secret: 's', privsep: true, expire: 0, comment: undefined })
  state.users.set('dev@pve', dev)
  return { state, permissions: createPermissions(state, '9.2', (path) => (path === '/vms/100' ? 'blue' : undefined)) }
}

const dev = callerOf('dev@pve')

describe('permissions', () => {
  it('hold below a path only when they propagate', () => {
    const { state, permissions } = setUp()
    grant(state, { path: '/vms', role: 'PVEVMAdmin', subject: 'dev@pve', kind: 'user', propagate: false })
    expect(permissions.has(dev, '/vms', 'VM.Audit')).toBe(true)
    expect(permissions.has(dev, '/vms/200', 'VM.Audit')).toBe(false)
  })

  it('are decided by the nearest level', () => {
    const { state, permissions } = setUp()
    grant(state, { path: '/', role: 'Administrator', subject: 'dev@pve', kind: 'user', propagate: true })
    grant(state, { path: '/vms/200', role: 'NoAccess', subject: 'dev@pve', kind: 'user', propagate: true })
    expect(permissions.has(dev, '/vms/201', 'VM.Audit')).toBe(true)
    expect(permissions.has(dev, '/vms/200', 'VM.Audit')).toBe(false)
  })

  it('of a user outweigh those of its group at the same level', () => {
    const { state, permissions } = setUp()
    grant(state, { path: '/vms', role: 'PVEVMAdmin', subject: 'team', kind: 'group', propagate: true })
    expect(permissions.has(dev, '/vms/200', 'VM.Clone')).toBe(true)
    grant(state, { path: '/vms', role: 'PVEAuditor', subject: 'dev@pve', kind: 'user', propagate: true })
    expect(permissions.has(dev, '/vms/200', 'VM.Clone')).toBe(false)
  })

  it('of a separated token are its own and never more than its user has', () => {
    const { state, permissions } = setUp()
    const own = callerOf('dev@pve', 'own')
    grant(state, { path: '/vms', role: 'PVEAuditor', subject: 'dev@pve', kind: 'user', propagate: true })
    expect(permissions.at(own, '/vms/200').size).toBe(0)
    grant(state, { path: '/', role: 'Administrator', subject: 'dev@pve!own', kind: 'token', propagate: true })
    expect(permissions.has(own, '/vms/200', 'VM.Audit')).toBe(true)
    expect(permissions.has(own, '/vms/200', 'VM.Allocate')).toBe(false)
    expect(permissions.has(callerOf('dev@pve', 'full'), '/vms/200', 'VM.Audit')).toBe(true)
  })

  it('on a pool hold for its members', () => {
    const { state, permissions } = setUp()
    grant(state, { path: '/pool/blue', role: 'PVEVMAdmin', subject: 'dev@pve', kind: 'user', propagate: true })
    expect(permissions.has(dev, '/vms/100', 'VM.PowerMgmt')).toBe(true)
    expect(permissions.has(dev, '/vms/101', 'VM.PowerMgmt')).toBe(false)
  })

  it('of the guest agent are one privilege before 9', () => {
    const { state } = setUp()
    grant(state, { path: '/', role: 'PVEVMAdmin', subject: 'dev@pve', kind: 'user', propagate: true })
    const before = createPermissions(state, '8.4', () => undefined)
    expect(before.has(dev, '/vms/1', 'VM.GuestAgent.Unrestricted')).toBe(true)
    expect(before.at(dev, '/vms/1').has('VM.Monitor')).toBe(true)
  })
})
