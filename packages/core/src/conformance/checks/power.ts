import type { VmRef } from '../../model/references.js'
import type { HypervisorPort } from '../../port.js'
import { assert, assertEqual, failure, value } from '../assert.js'
import { type Check, only } from '../check.js'
import { patienceMs } from '../patience.js'

const group = 'power'

export const powerChecks: readonly Check[] = [
  {
    number: 52,
    group,
    title: 'start of a running and stop of a stopped VM: success without a write',
    async run({ connect, create, need }) {
      const counts = need('counts')
      const port = await connect()
      const vm = await create(port, 'idle', { powerOn: false })
      await need('resetCounts')()
      assertEqual(await stop(port, vm.ref, 'hard'), 'stopped', 'stop of a stopped VM')
      assertEqual((await counts()).writes, 0, 'writes of the stop')
      await start(port, vm.ref)
      await need('resetCounts')()
      assertEqual(await start(port, vm.ref), 'running', 'start of a running VM')
      assertEqual((await counts()).writes, 0, 'writes of the start')
    },
  },
  {
    number: 53,
    group,
    title: 'a graceful stop that cannot be asked for, or is not answered; start resumes',
    async run({ connect, create, fault, need }) {
      const guest = fault('guest')
      const [counts, resetCounts] = [need('counts'), need('resetCounts')]
      const port = await connect()
      const vm = await create(port, 'deaf', { powerOn: true })
      await guest(vm.ref.id, 'cannot-be-asked')
      await resetCounts()
      const refused = await port.stopVm(vm.ref, { graceMs: 3000 })
      const refusal = refused.ok ? await refused.value.wait() : refused
      failure(refusal, 'a guest that cannot be asked', 'FAILED_PRECONDITION')
      assertEqual((await counts()).writes, 0, 'writes for a guest that cannot be asked')
      await guest(vm.ref.id, 'ignores-stop')
      const ignored = value(await port.stopVm(vm.ref, { graceMs: 1000 }), 'graceful stop')
      failure(await ignored.wait({ timeoutMs: patienceMs }), 'a guest that does not answer', 'TIMEOUT')
      assertEqual(value(await port.getVm(vm.ref), 'getVm').powerState, 'running', 'it still runs')
      for (const name of ['pause', 'suspend'] as const) {
        await fault(name)(vm.ref.id)
        assertEqual(await start(port, vm.ref), 'running', `start after ${name}`)
      }
    },
  },
  {
    number: 54,
    group,
    title: 'graceful-then-hard ends stopped',
    async run({ connect, create, fault }) {
      const port = await connect()
      const vm = await create(port, 'stubborn', { powerOn: true })
      await fault('guest')(vm.ref.id, 'ignores-stop')
      assertEqual(await stop(port, vm.ref, 'graceful-then-hard', 1000), 'stopped', 'powerState')
    },
  },
  {
    number: 55,
    group,
    title: 'every native state of the table maps',
    async run({ connect, create, fault, need }) {
      const nativeStates = need('nativeStates')
      const nativeState = fault('nativeState')
      const port = await connect()
      const vm = await create(port, 'states')
      for (const [index, { native, powerState }] of nativeStates.entries()) {
        await nativeState(vm.ref.id, index)
        assertEqual(value(await port.getVm(vm.ref), native).powerState, powerState, native)
      }
    },
  },
  {
    number: 56,
    group,
    title: 'a locked VM: CONFLICT, retryable, naming the lock',
    async run({ connect, create, fault }) {
      const port = await connect()
      const vm = await create(port, 'locked', { powerOn: false })
      const lock = await fault('lock')(vm.ref.id)
      assertEqual(value(await port.getVm(vm.ref), 'getVm').locked, lock, 'locked')
      const started = await port.deleteVm(vm.ref, { deadlineMs: 30_000 })
      const answer = started.ok ? await started.value.wait({ timeoutMs: patienceMs }) : started
      const error = failure(answer, 'deleteVm of a locked VM', 'CONFLICT')
      assertEqual([error.retryable, error.details.lock], [true, lock], 'retryable and lock')
    },
  },
  {
    number: 57,
    group,
    title: 'restart ends running and did restart; a stopped VM cannot be restarted',
    async run({ connect, create, need }) {
      const vms = need('vms')
      const port = await connect()
      const vm = await create(port, 'again', { powerOn: true })
      const life = async () => (await vms()).find(({ id }) => id === vm.ref.id)?.life
      const first = await life()
      only(first !== undefined, 'the harness does not tell one boot from the next')
      for (const mode of ['hard', 'graceful'] as const) {
        const before = await life()
        const restart = value(await port.restartVm(vm.ref, { mode }), `restartVm ${mode}`)
        const after = value(await restart.wait({ timeoutMs: patienceMs }), `restart ${mode}`)
        assertEqual(after.powerState, 'running', 'powerState')
        assert((await life()) !== before, `the VM was booted anew by restart ${mode}`, before)
      }
      await stop(port, vm.ref, 'hard')
      const stopped = await port.restartVm(vm.ref)
      const answer = stopped.ok ? await stopped.value.wait() : stopped
      failure(answer, 'restart of a stopped VM', 'FAILED_PRECONDITION')
    },
  },
]

async function start(port: HypervisorPort, ref: VmRef): Promise<string> {
  const operation = value(await port.startVm(ref), 'startVm')
  return value(await operation.wait({ timeoutMs: patienceMs }), 'start').powerState
}

async function stop(
  port: HypervisorPort,
  ref: VmRef,
  mode: 'graceful' | 'hard' | 'graceful-then-hard',
  graceMs?: number,
): Promise<string> {
  const operation = value(await port.stopVm(ref, { mode, ...(graceMs !== undefined && { graceMs }) }), `stopVm ${mode}`)
  return value(await operation.wait({ timeoutMs: patienceMs }), `stop ${mode}`).powerState
}
