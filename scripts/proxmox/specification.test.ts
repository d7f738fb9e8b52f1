import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { TaskTable } from './api-model.js'
import { emitOperations } from './emit-operations.js'
import { unknownPlaces } from './gaps.js'
import { loadDocument, loadModel, loadOverlays } from './load-specification.js'
import type { Presence } from './presence.js'

const specs = fileURLToPath(new URL('../../specs/proxmox', import.meta.url))
const document = loadDocument(specs)
const model = loadModel(specs)
const presence = JSON.parse(readFileSync(`${specs}/presence.json`, 'utf8')) as Presence
const tasks = JSON.parse(readFileSync(`${specs}/tasks.json`, 'utf8')) as TaskTable

function count<T>(items: readonly T[], test: (item: T) => boolean): number {
  return items.filter(test).length
}

describe('the description of Proxmox VE 9.2', () => {
  it('has every operation', () => {
    const byMethod = (method: string): number => count(model.operations, (operation) => operation.method === method)
    expect(Object.keys(document.paths)).toHaveLength(444)
    expect(model.operations).toHaveLength(675)
    expect(['GET', 'POST', 'PUT', 'DELETE'].map(byMethod)).toEqual([340, 173, 83, 79])
  })

  it('has every parameter, and the four that the tree forgets', () => {
    const parameters = model.operations.flatMap((operation) => Object.keys(operation.parameters))
    expect(parameters).toHaveLength(3090 + 4)
  })

  it('says where unknown parameters are let through', () => {
    expect(count(model.operations, ({ additionalProperties }) => !additionalProperties)).toBe(644)
    expect(count(model.operations, ({ additionalProperties }) => additionalProperties)).toBe(31)
  })

  it('says what is protected, proxied, streamed and closed to tokens', () => {
    expect(count(model.operations, (operation) => operation.protected)).toBe(469)
    expect(count(model.operations, ({ proxyto }) => proxyto === 'node')).toBe(274)
    expect(count(model.operations, ({ download }) => download)).toBe(3)
    expect(model.operations.filter(({ allowtoken }) => !allowtoken).map(({ key }) => key)).toEqual([
      'PUT /access/password',
      'POST /access/tfa/{userid}',
      'PUT /access/tfa/{userid}/{id}',
      'DELETE /access/tfa/{userid}/{id}',
      'POST /access/ticket',
    ])
  })

  it('has the operations that answer nothing', () => {
    const nothing = [...Object.values(document.paths)].flatMap((item) =>
      Object.entries(item).filter(
        ([, operation]) => operation.responses['200'].content['application/json'].schema.type === 'null',
      ),
    )
    const byMethod = ['get', 'post', 'put', 'delete'].map((method) => count(nothing, ([name]) => name === method))
    expect(byMethod).toEqual([1, 67, 71, 61])
  })

  it('has only patterns that JavaScript compiles', () => {
    const patterns = stringsOf(document).filter(({ key }) => key === 'pattern')
    expect(patterns.length).toBeGreaterThan(200)
    for (const { text } of patterns) expect(() => new RegExp(text)).not.toThrow()
  })

  it('has no prose: sentences stand nowhere but in patterns', () => {
    const prose = stringsOf(document).filter(({ key, text }) => key !== 'pattern' && text.includes(' '))
    expect(prose.map(({ text }) => text)).toEqual(['Proxmox VE'])
  })
})

describe('tasks', () => {
  it('are 94 operations; 13 more answer with a string that is no task', () => {
    expect(Object.keys(tasks.tasks)).toHaveLength(94)
    expect(Object.keys(tasks.notTasks)).toHaveLength(13)
    expect(Object.keys(tasks.upidMembers)).toHaveLength(8)
  })

  it('cover every answer that is a string without a format', () => {
    const answers = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => {
        const key = `${method.toUpperCase()} ${path}`
        return { key, operation, answer: operation.responses['200'].content['application/json'].schema }
      }),
    )
    const strings = answers.filter(({ answer }) => answer.type === 'string' && answer.format === undefined)
    const marked = answers.filter(({ operation }) => operation['x-task-types'])
    const withMember = answers.filter(({ answer }) => answer.properties?.upid?.$ref)
    // The address of the last one has a format.
    expect([...strings.map(({ key }) => key), 'POST /nodes/{node}/wakeonlan'].sort()).toEqual(
      Object.keys(tasks.notTasks).sort(),
    )
    expect(marked.map(({ key }) => key).sort()).toEqual(Object.keys(tasks.tasks).sort())
    expect(withMember.map(({ key }) => key).sort()).toEqual(Object.keys(tasks.upidMembers).sort())
  })

  it('may answer null where the platform does', () => {
    const mayBeNull = Object.entries(tasks.tasks).filter(([, task]) => task.null)
    expect(mayBeNull.map(([key]) => key)).toEqual([
      'POST /nodes/{node}/qemu/{vmid}/config',
      'PUT /nodes/{node}/qemu/{vmid}/resize',
      'DELETE /nodes/{node}/storage/{storage}/content/{volume}',
    ])
  })
})

describe('presence', () => {
  const operationsOf = (release: string): number => {
    const index = presence.versions.indexOf(release)
    const present = count(model.operations, ({ versions }) => versions.includes(release))
    return present + count(Object.values(presence.removed), (last) => presence.versions.indexOf(last) >= index)
  }

  it('has the operations of 8.4 and 7.4', () => {
    expect(operationsOf('9.2')).toBe(675)
    expect(operationsOf('8.4')).toBe(605)
    expect(operationsOf('7.4')).toBe(540)
  })

  it('knows what came with which release', () => {
    expect(presence.since['POST /cluster/ha/rules']).toBe('9.2')
    expect(presence.parameters['POST /nodes/{node}/qemu/{vmid}/status/stop']).toEqual({ 'overrule-shutdown': '8.4' })
    expect(presence.removed['GET /nodes/{node}/scan/glusterfs']).toBe('8.4')
    expect(presence.formerNumbers).toEqual({ 'GET /nodes/{node}/qemu/{vmid}/config': ['memory'] })
  })
})

describe('overlays', () => {
  it('leave no answer unknown but those listed as gaps', () => {
    const unknown = model.operations.filter(({ result }) => unknownPlaces(result)[0] === '')
    expect(unknown.map(({ key }) => key)).toEqual([
      'GET /cluster/ceph/status',
      'GET /cluster/config/qdevice',
      'GET /cluster/config/totem',
      'GET /nodes/{node}/ceph/status',
      'GET /nodes/{node}/storage/{storage}/file-restore/download',
    ])
  })

  it('each change something', () => {
    for (const key of Object.keys(loadOverlays(specs))) {
      const [method = '', path = ''] = key.split(' ')
      const operation = document.paths[path]?.[method.toLowerCase() as 'get']
      const declared = operation?.responses['200'].content['application/json'].schema
      expect(model.operations.find((candidate) => candidate.key === key)?.result, key).not.toEqual(declared)
    }
  })
})

describe('the flat operation map', () => {
  it('stays below 450 kB', () => {
    expect(emitOperations(model).length).toBeLessThan(450_000)
  })
})

function stringsOf(value: unknown, key = ''): { key: string; text: string }[] {
  if (typeof value === 'string') return [{ key, text: value }]
  if (Array.isArray(value)) return value.flatMap((item) => stringsOf(item, key))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => stringsOf(member, name))
}
