import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ProxmoxError, refusal } from './error.js'

describe('ProxmoxError', () => {
  it('is known across installs by its brand', () => {
    expect(ProxmoxError.isInstance(refusal('no'))).toBe(true)
    expect(ProxmoxError.isInstance({ [Symbol.for('dcm.proxmox.error')]: true })).toBe(true)
    expect(ProxmoxError.isInstance(new Error('no'))).toBe(false)
    expect(ProxmoxError.isInstance(null)).toBe(false)
  })

  it('prints only the fields of its list', () => {
    const error = Object.assign(refusal('no', { errors: { cores: 'too few' } }), { request: { password: 'hunter2' } })
    expect(inspect(error)).toContain("kind: 'validation'")
    expect(inspect(error)).toContain('too few')
    expect(inspect({ deep: { error } }, { depth: 9 })).not.toContain('hunter2')
    expect(JSON.stringify(error)).not.toContain('hunter2')
    expect(Object.keys(error.toJSON())).toEqual(['name', 'message', 'kind', 'outcome', 'retryable', 'errors'])
  })

  it('has a stack that starts with its name', () => {
    expect(refusal('no').stack).toMatch(/^ProxmoxError: no\n|^Error: no\n/)
  })
})
