import { describe, expect, it } from 'vitest'
import { restOperations } from '../../generated/rest-operations.js'
import { assembleCall, type RestForm, readResult } from './rest-form.js'

function assemble(key: string, form: RestForm, parameters: Readonly<Record<string, unknown>>) {
  const facts = restOperations[key]
  if (facts === undefined) throw new Error(`no ${key}`)
  return assembleCall(key, facts, form, parameters)
}

describe('a deployment', () => {
  const key = 'POST /vcenter/ovf/library-item/{library_item_id}?action=deploy'
  const parameters = {
    library_item_id: 'item-1',
    client_token: 'token-1',
    target: { resource_pool_id: 'resgroup-8' },
    deployment_spec: { accept_all_EULA: true, network_mappings: { 'VM Network': 'network-7' } },
  }

  it('stands below /api as it is given', () => {
    const { target, deployment_spec } = parameters
    expect(assemble(key, 'api', parameters)).toEqual({
      method: 'POST',
      template: '/api/vcenter/ovf/library-item/{library_item_id}',
      path: { library_item_id: 'item-1' },
      query: { action: 'deploy', client_token: 'token-1' },
      body: { target, deployment_spec },
    })
  })

  it('has its token in the body and its maps as lists below /rest', () => {
    expect(assemble(key, 'rest', parameters)).toMatchObject({
      template: '/rest/com/vmware/vcenter/ovf/library-item/id:{library_item_id}',
      query: { '~action': 'deploy' },
      body: {
        client_token: 'token-1',
        deployment_spec: { network_mappings: [{ key: 'VM Network', value: 'network-7' }] },
      },
    })
  })
})

describe('the older form', () => {
  it('wraps bodies, and moves parameters between query, path and body', () => {
    const item = { library_id: 'l', name: 'n' }
    expect(assemble('POST /content/library/item', 'rest', { ...item, client_token: 't' }).body).toEqual({
      client_token: 't',
      create_spec: item,
    })
    const file = { update_session_id: 's', file_name: 'a.ovf' }
    expect(
      assemble('GET /content/library/item/update-session/{update_session_id}/file/{file_name}', 'rest', file),
    ).toEqual({
      method: 'POST',
      template: '/rest/com/vmware/content/library/item/updatesession/file/id:{update_session_id}',
      path: { update_session_id: 's' },
      query: { '~action': 'get' },
      body: { file_name: 'a.ovf' },
    })
    expect(assemble('GET /content/library/item', 'rest', { library_id: 'l' }).query).toEqual({ library_id: 'l' })
  })

  it('unwraps results: maps from lists, and lists from null', () => {
    const disk = { capacity: 1 }
    const value = { disks: [{ key: '2000', value: disk }], used_by: null, vm_template: 'vm-1' }
    expect(readResult('rest', { value })).toEqual({ disks: { 2000: disk }, used_by: [], vm_template: 'vm-1' })
    expect(readResult('rest', { value: null }, true)).toEqual([])
    expect(readResult('rest', undefined, true)).toEqual([])
    expect(readResult('rest', {})).toBeUndefined()
  })
})

describe('every call', () => {
  it.each(Object.entries(restOperations))('%s has the same parameters in both forms', (key, facts) => {
    const names = (path: string) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
    const needed = [...names(facts.api.path), ...names(facts.rest.path), ...(facts.query ?? [])]
    for (const value of Object.values(facts.rest.query ?? {})) needed.push(...names(value))
    const parameters = Object.fromEntries(needed.map((name) => [name, `value of ${name}`]))
    for (const form of ['api', 'rest'] as const) {
      const { path, query, body } = assembleCall(key, facts, form, parameters)
      const sent = JSON.stringify([path, query, body])
      for (const value of Object.values(parameters)) expect(sent).toContain(value)
    }
  })
})
