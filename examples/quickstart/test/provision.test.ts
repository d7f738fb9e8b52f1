import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRegistry, unwrap } from '@dcm/core'
import { createMemoryHypervisor } from '@dcm/core/memory'
import { test } from 'vitest'
import { handleFiles } from '../src/handle-files.js'
import { provision } from '../src/provision.js'

/** An in-memory hypervisor, and runs of the quickstart against it that share one folder. */
const it = test.extend('runs', async ({ task: _ }, { onCleanup }) => {
  const folder = mkdtempSync(join(tmpdir(), 'dcm-provision-'))
  const { plugin, control } = createMemoryHypervisor()
  const kept = handleFiles(folder, 'https://lab.example.com')
  const port = unwrap(await createRegistry([plugin]).connect({ type: 'memory', endpoint: 'lab' }))
  onCleanup(async () => {
    await port.close()
    rmSync(folder, { recursive: true })
  })
  const screen = { print() {}, progress() {}, settle() {} }
  return { control, kept, run: () => provision({ port, template: 'debian-13', screen, kept }, 'web') }
})

it('an operation that an error left open is kept, and the next run goes on with it', async ({ expect, runs }) => {
  const { control, kept, run } = runs
  control.fail('task.read', 'BAD_LOGIN', { times: 20 })
  expect(await run()).toMatchObject({ ok: false })
  const [open] = kept.all()
  expect(open?.handle).toMatchObject({ kind: 'createVm' })
  expect(open?.handle.outcome).toBeUndefined()
  control.clearFaults()
  expect(await run()).toMatchObject({ ok: true, value: { name: 'web' } })
  expect(kept.all()[0]?.handle.id).toBe(open?.handle.id)
  expect(control.vms()).toHaveLength(1)
})

it('a creation that left something is cleaned up by the next run, which then makes the machine', async ({
  expect,
  runs,
}) => {
  const { control, kept, run } = runs
  control.failTask('vm.start', 'no core left')
  control.fail('vm.remove', 'NOT_PERMITTED', { times: 20 })
  expect(await run()).toMatchObject({ ok: false, error: { code: 'PARTIAL' } })
  const [leftover] = control.vms()
  expect(kept.all()).toMatchObject([{ name: 'web', handle: { kind: 'cleanUp' } }])
  control.clearFaults()
  const made = await run()
  expect(made).toMatchObject({ ok: true, value: { name: 'web' } })
  expect(control.vms().map(({ name }) => name)).toEqual(['web'])
  expect(control.vms()[0]?.generation).not.toBe(leftover?.generation)
})

it('a clean-up that fails again stays for the run after it', async ({ expect, runs }) => {
  const { control, kept, run } = runs
  control.failTask('vm.start', 'no core left')
  control.fail('vm.remove', 'NOT_PERMITTED', { times: 40 })
  await run()
  expect(await run()).toMatchObject({ ok: false })
  expect(kept.all()).toMatchObject([{ handle: { kind: 'cleanUp' } }])
  control.clearFaults()
  expect(await run()).toMatchObject({ ok: true })
  expect(control.vms()).toHaveLength(1)
})

it('of a creation that failed, at once or later, and left nothing, nothing is kept', async ({ expect, runs }) => {
  const { control, kept, run } = runs
  control.failTask('vm.clone', 'disk on fire')
  expect(await run()).toMatchObject({ ok: false, error: { code: 'INTERNAL' } })
  expect(kept.all()).toEqual([])
  control.fail('vm.clone', 'NOT_PERMITTED')
  expect(await run()).toMatchObject({ ok: false, error: { code: 'PERMISSION_DENIED' } })
  expect(kept.all()).toEqual([])
})

it('a kept machine that somebody removed is forgotten', async ({ expect, runs }) => {
  const { control, kept, run } = runs
  const made = unwrap(await run())
  control.removeVm(made.ref.id)
  expect(await run()).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
  expect(kept.all()).toEqual([])
})
