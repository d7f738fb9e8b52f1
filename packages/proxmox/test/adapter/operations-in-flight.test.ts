import { type OperationHandle, unwrap } from '@dcm/core'
import { afterEach, describe, expect, it } from 'vitest'
import { cloudVm, type Lab, startLab } from './lab.js'

let lab: Lab
afterEach(() => lab.close())

/** One round of a queue's loop: what became of each, and the requests that it cost. */
async function round(handles: readonly OperationHandle[]) {
  lab.simulator.requests.clear()
  const advances = (await lab.port.advanceOperations(handles)).map(unwrap)
  return {
    advances,
    handles: advances.map(({ handle }) => handle),
    requests: lab.simulator.requests.entries().map(({ method, path }) => `${method} ${path.split('?')[0]}`),
  }
}

const taskList = (node: string) => `GET /api2/json/nodes/${node}/tasks`

describe('many operations in flight', () => {
  it.each([1, 10, 60])('looks at the tasks of %i operations on one node with one request a round', async (count) => {
    const vms = Array.from({ length: count }, (_, index) => ({ vmid: 500 + index, name: `vm-${index}`, diskGib: 0 }))
    lab = await startLab({ seed: { nodes: 1, vms }, timing: { taskFactor: 1000 } })
    const page = unwrap(await lab.port.listVms())
    const started = await Promise.all(page.items.map(({ ref }) => lab.port.startVm(ref)))
    let handles: readonly OperationHandle[] = started.map((operation) => unwrap(operation).handle)
    expect(handles.map(({ cursor }) => cursor.stage)).toEqual(Array.from({ length: count }, () => 'accepted'))
    for (let again = 0; again < 3; again += 1) {
      const after = await round(handles)
      expect(after.advances.every(({ status }) => status === 'running')).toBe(true)
      expect(after.requests).toEqual([taskList('pve1')])
      handles = after.handles
    }
  })

  it('asks for a full clone lane once, however many wait for it', async () => {
    const count = 30
    lab = await startLab({ seed: { nodes: 1 }, timing: { taskFactor: 1000 } })
    const started = await Promise.all(
      Array.from({ length: count }, (_, index) => lab.port.createVm(cloudVm(`waiting-${index}`))),
    )
    const { advances, handles, requests } = await round(started.map((operation) => unwrap(operation).handle))
    const cloning = handles.filter(({ cursor }) => cursor.stage === 'accepted')
    expect(cloning).toHaveLength(1)
    expect(advances.filter(({ progress }) => progress.waitingFor?.includes('another clone'))).toHaveLength(count - 1)
    // At most: the clone's task, its log, and the lane.
    expect(requests.length).toBeLessThanOrEqual(3)
    expect(requests.filter((request) => request.startsWith('POST'))).toEqual([])
  })
})
