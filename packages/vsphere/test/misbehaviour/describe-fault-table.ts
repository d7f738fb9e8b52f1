import { type HypervisorError, type Result, unwrap, type VmRef } from '@dcm/core'
import { expect, it } from 'vitest'
import {
  type Expected,
  nativeCall,
  type OperationName,
  operations,
  type Row,
  type TransportFault,
  transport,
  vimFaults,
} from './fault-table.js'
import { specOf, type VspherePort } from './port-on-vcsim.js'

/** A server, a port to it, and a stopped VM. */
export interface Bench {
  readonly port: VspherePort
  readonly stopped: VmRef
  readonly template: string
  /** Calls of this name from here on: the next `count` after `skip` are answered with the fault. */
  answerWith(method: string, fault: string, times: { readonly count: number; readonly skip?: number }): Promise<void>
  /** The next call of this name is spoiled so. */
  spoil(method: string, how: TransportFault): Promise<void>
  clearFaults(): Promise<void>
  resetCounts(): Promise<void>
  calls(method: string): Promise<number>
  logins(): Promise<number>
  sessions(): Promise<number>
  vmsOf(name: string): Promise<number>
  isRunning(): Promise<boolean>
  /** How often it was started since it was made, where the server counts that. */
  boots?(): Promise<number>
  /** Stops the VM past the port. */
  stop(): Promise<void>
}

/** Every kind of fault on each operation: what it ends with, how often its call arrived, and that nothing was doubled. */
export function describeFaultTable(
  bench: () => Bench,
  {
    leaveOut = [],
    rules = {},
  }: { readonly leaveOut?: readonly string[]; readonly rules?: Readonly<Record<string, Row>> } = {},
): void {
  let names = 0

  async function run(operation: OperationName, name: string): Promise<Result<unknown, HypervisorError>> {
    const { port, stopped, template } = bench()
    if (operation === 'retrieve') return port.listVms()
    const begun =
      operation === 'clone'
        ? await port.createVm(specOf(name, template), { idempotencyKey: name })
        : await port.startVm(stopped)
    return begun.ok ? begun.value.wait() : begun
  }

  /** Runs an operation with a fault placed before, and compares what came of it. */
  async function expectCell(operation: OperationName, place: () => Promise<void>, expected: Expected): Promise<void> {
    const at = bench()
    names += 1
    const name = `cell-${names}`
    if (await at.isRunning()) await at.stop()
    await at.resetCounts()
    const boots = await at.boots?.()
    await place()
    const result = await run(operation, name)
    await at.clearFaults()
    expect(result.ok ? 'ok' : result.error.code).toBe(expected.ends)
    if (!result.ok && expected.outcome !== undefined) expect(result.error.outcome).toBe(expected.outcome)
    const [least, most] = typeof expected.calls === 'number' ? [expected.calls, expected.calls] : expected.calls
    expect(await at.calls(nativeCall[operation])).toBeGreaterThanOrEqual(least)
    expect(await at.calls(nativeCall[operation])).toBeLessThanOrEqual(most)
    if (operation === 'clone') expect(await at.vmsOf(name)).toBe(result.ok ? 1 : 0)
    if (operation === 'power-on') {
      expect(await at.isRunning()).toBe(result.ok)
      if (boots !== undefined) expect(await at.boots?.()).toBe(result.ok ? boots + 1 : boots)
    }
    // One that was given up, though it lives, is ended with the next.
    expect(await at.sessions()).toBeLessThanOrEqual(2)
  }

  for (const operation of operations) {
    it.each(Object.entries({ ...vimFaults, ...rules }))(`${operation}: %s`, async (fault, row) => {
      await expectCell(operation, () => bench().answerWith(nativeCall[operation], fault, { count: 1 }), row[operation])
      expect(await bench().logins()).toBe(fault === 'NotAuthenticated' ? 1 : 0)
    })

    const spoiled = Object.entries(transport).filter(([how]) => !leaveOut.includes(`${operation} ${how}`))
    it.each(spoiled)(`${operation}: the transport's %s`, async (how, row) => {
      // A key of the table.
      const place = () => bench().spoil(nativeCall[operation], how as TransportFault)
      await expectCell(operation, place, row[operation])
    })

    it(`${operation}: a fault that comes twice, after one call that passes`, async () => {
      const at = bench()
      if (await at.isRunning()) await at.stop()
      await at.answerWith(nativeCall[operation], 'NoPermission', { count: 2, skip: 1 })
      const seen: string[] = []
      for (let round = 0; round < 4; round += 1) {
        names += 1
        const result = await run(operation, `round-${names}`)
        seen.push(result.ok ? 'ok' : result.error.code)
        if (operation === 'power-on' && result.ok) await at.stop()
      }
      await at.clearFaults()
      expect(seen).toEqual(['ok', 'PERMISSION_DENIED', 'PERMISSION_DENIED', 'ok'])
    })
  }

  it('goes on with what is under way when a look at it is answered with a strange page', async () => {
    const at = bench()
    if (await at.isRunning()) await at.stop()
    await at.resetCounts()
    const begun = unwrap(await at.port.startVm(at.stopped))
    await at.spoil('RetrievePropertiesEx', 'garbage')
    expect(unwrap(await begun.wait())).toMatchObject({ powerState: 'running' })
    expect(await at.calls('PowerOnVM_Task')).toBe(1)
  })
}
