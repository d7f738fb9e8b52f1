import type { VmProvisionSpec } from '../../model/provision.js'
import type { OperationHandle } from '../../operations/handle.js'
import type { OperationProgress } from '../../operations/operation.js'
import type { HypervisorPort } from '../../port.js'
import { assert, assertEqual, failure, value } from '../assert.js'
import { type Check, only } from '../check.js'
import { inOtherProcess } from '../other-process.js'
import { named } from './native.js'

const group = 'operations'
const copy = <T>(handle: T): T => JSON.parse(JSON.stringify(handle)) as T

export const operationChecks: readonly Check[] = [
  {
    number: 63,
    group,
    title: 'a handle, as JSON in a new process, is resumed to the end',
    async run({ connect, spec, need, harnessUrl }) {
      const attachment = need('attachment')
      const vms = need('vms')
      const port = await connect()
      const wanted = spec('elsewhere')
      const operation = value(await port.createVm(wanted), 'createVm')
      const end = await inOtherProcess({
        harnessUrl,
        attachment,
        work: { do: 'resume', handle: copy(operation.handle) },
      })
      assertEqual(end.result?.error, undefined, 'error of the other process')
      const [vm] = named(await vms(), wanted.name)
      assertEqual(end.result?.id, vm?.id, 'id of the VM')
    },
  },
  {
    number: 64,
    group,
    title: 'advance may be repeated at any state',
    async run({ connect, spec, need }) {
      const vms = need('vms')
      const port = await connect()
      const wanted = spec('repeated')
      let handle: OperationHandle = copy(value(await port.createVm(wanted), 'createVm').handle)
      for (let visits = 0; visits < 500; visits += 1) {
        // The same handle twice, as a queue that delivers a job twice would; the second answer is gone on with.
        await port.advanceOperation(copy(handle))
        const advance = value(await port.advanceOperation(copy(handle)), 'advanceOperation')
        handle = copy(advance.handle)
        if (advance.status !== 'running') {
          assertEqual(advance.status, 'succeeded', advance.error?.message ?? 'status')
          assertEqual(named(await vms(), wanted.name).length, 1, 'VMs of that name at the server')
          return
        }
        await new Promise((resolve) => setTimeout(resolve, Math.min(advance.retryAfterMs ?? 0, 200)))
      }
      assert(false, 'the operation ends within 500 advances')
    },
  },
  {
    number: 65,
    group,
    title: 'progress never falls and stays within 0 and 1',
    async run({ connect, spec }) {
      const port = await connect()
      const seen: OperationProgress[] = []
      const operation = value(await port.createVm(spec('progress', { powerOn: true })), 'createVm')
      value(await operation.wait({ onProgress: (progress) => seen.push(progress) }), 'wait')
      const fractions = seen.flatMap(({ fraction }) => (fraction === undefined ? [] : [fraction]))
      assert(seen.length > 0, 'progress was told')
      for (const [index, fraction] of fractions.entries()) {
        assert(fraction >= 0 && fraction <= 1, `${fraction} is within 0 and 1`)
        assert(fraction >= (fractions[index - 1] ?? 0), 'progress does not fall')
      }
    },
  },
  {
    number: 66,
    group,
    title: 'the native text of a failed task stands in the error',
    async run({ connect, spec, fault }) {
      const text = 'conformance kit says no'
      await fault('failTask')(text)
      const port = await connect()
      const operation = value(await port.createVm(spec('failing')), 'createVm')
      const answer = await operation.wait({ timeoutMs: 25_000 })
      assert(!answer.ok, 'the operation failed')
      if (answer.ok) return
      const said = `${answer.error.message} ${answer.error.native?.text ?? ''}`
      assert(said.includes(text), `'${said}' holds the native text`)
    },
  },
  {
    number: 67,
    group,
    title: 'a native task that vanished is decided by condition',
    async run({ connect, spec, fault, need }) {
      const vms = need('vms')
      const forgetTasks = fault('forgetTasks')
      await fault('taskDuration')(1500)
      const port = await connect()
      const wanted = spec('vanished')
      const operation = value(await port.createVm(wanted), 'createVm')
      await forgetTasks()
      value(await operation.wait({ timeoutMs: 28_000 }), 'wait')
      assertEqual(named(await vms(), wanted.name).length, 1, 'VMs of that name at the server')
    },
  },
  {
    number: 68,
    group,
    title: 'success with warnings is success, and tells them',
    async run({ connect, spec, fault }) {
      await fault('warnTask')('conformance kit warns')
      const port = await connect()
      const operation = value(await port.createVm(spec('warned')), 'createVm')
      value(await operation.wait(), 'wait')
      assert(operation.warnings.length > 0, 'a warning')
    },
  },
  {
    number: 69,
    group,
    title: 'cancel answers truthfully',
    async run({ connect, spec, fault, need }) {
      const vms = need('vms')
      await fault('taskDuration')(2000)
      const port = await connect()
      const wanted = spec('cancelled', { powerOn: true })
      const operation = value(await port.createVm(wanted), 'createVm')
      const answer = value(await operation.cancel({ timeoutMs: 28_000 }), 'cancel')
      const left = named(await vms(), wanted.name).length
      if (answer === 'cancelled') {
        assertEqual(left, 0, 'VMs after cancelled')
        failure(await operation.wait(), 'wait after cancel', 'CANCELLED')
      } else assertEqual(left, 1, `VMs after ${answer}`)
      await fault('clear')()
      const done = value(await port.createVm(spec('done')), 'createVm')
      value(await done.wait(), 'wait')
      assertEqual(value(await done.cancel(), 'cancel of a done operation'), 'too-late', 'answer')
    },
  },
  {
    number: 70,
    group,
    title: 'aborting the wait leaves the remote work alone',
    async run({ connect, spec, fault, need }) {
      const vms = need('vms')
      await fault('taskDuration')(500)
      const port = await connect()
      const wanted = spec('waited')
      const operation = value(await port.createVm(wanted), 'createVm')
      const controller = new AbortController()
      setTimeout(() => controller.abort(), 20)
      failure(await operation.wait({ signal: controller.signal }), 'aborted wait', 'CANCELLED')
      value(await operation.wait({ timeoutMs: 25_000 }), 'second wait')
      assertEqual(named(await vms(), wanted.name).length, 1, 'VMs of that name at the server')
    },
  },
  {
    number: 71,
    group,
    title: 'a checkpoint before and after each mutation',
    async run({ connect, spec, need }) {
      const counts = need('counts')
      await need('resetCounts')()
      const port = await connect()
      const stages: { stage: string; writes: number }[] = []
      let announced = 0
      const operation = value(
        await port.createVm(spec('checkpoints', { powerOn: true }), {
          onCheckpoint: async ({ cursor }) => {
            const { writes } = await counts()
            assert(writes <= announced, `${writes} writes were sent when ${announced} were announced`)
            if (cursor.stage === 'intent') announced += 1
            stages.push({ stage: cursor.stage, writes })
          },
        }),
        'createVm',
      )
      value(await operation.wait({ timeoutMs: 25_000 }), 'wait')
      const { writes } = await counts()
      const intents = stages.filter(({ stage }) => stage === 'intent')
      assertEqual(stages[0], { stage: 'intent', writes: 0 }, 'the first checkpoint comes before the first write')
      assert(intents.length >= writes, `${writes} writes need as many intents, there were ${intents.length}`)
      const accepted = stages.filter(({ stage }) => stage !== 'intent')
      assert(
        accepted.length >= writes,
        `${writes} writes need as many checkpoints after, there were ${accepted.length}`,
      )
    },
  },
  {
    number: 72,
    group,
    title: "a server's wrong clock breaks no wait",
    async run({ connect, spec, fault }) {
      const skew = fault('skewClock')
      for (const ms of [-3_600_000, 3_600_000]) {
        await skew(ms)
        const port = await connect()
        const operation = value(await port.createVm(spec('skewed'), { deadlineMs: 25_000 }), 'createVm')
        value(await operation.wait({ timeoutMs: 14_000 }), `wait with a clock off by ${ms} ms`)
      }
    },
  },
  {
    number: 73,
    group,
    title: 'handles stay below 4 KiB and hold no secret; inline ones are asked for again',
    async run({ connect, spec, harness }) {
      const { customization, secrets } = harness.scenario
      only(customization?.password !== undefined, 'the scenario has no customisation with a secret')
      const port = await connect()
      const inline = spec('inline', {
        customization: { ...customization, password: { secretValue: secrets[0] ?? 'kit-secret' } },
      })
      const intent = await intentOf(port, inline)
      const without = value(await port.resumeOperation(copy(intent)), 'resumeOperation without the secret')
      failure(await without.wait({ timeoutMs: 20_000 }), 'without the inline secret', 'FAILED_PRECONDITION')
      const again = value(await port.resumeOperation(copy(intent), { spec: inline }), 'resumeOperation with the secret')
      const handles: OperationHandle[] = [intent]
      value(await again.wait({ timeoutMs: 20_000 }), 'with the secret again')
      handles.push(copy(again.handle))
      const { secretRef } = harness.scenario
      if (secretRef !== undefined) {
        const referring = spec('referring', { customization: { ...customization, password: { secretRef } } })
        const referred = await intentOf(port, referring)
        handles.push(referred)
        const resumed = value(await port.resumeOperation(referred), 'resumeOperation with a reference')
        value(await resumed.wait({ timeoutMs: 20_000 }), 'with a secret reference')
      }
      for (const handle of handles) {
        const text = JSON.stringify(handle)
        assert(Buffer.byteLength(text) < 4096, `a handle of ${Buffer.byteLength(text)} bytes`)
        for (const secret of secrets) assert(!text.includes(secret), 'no secret in a handle')
      }
    },
  },
  {
    number: 74,
    group,
    title: 'killed at each checkpoint in turn, resumed in a new process: one VM, every time',
    async run({ spec, need, harnessUrl }) {
      const attachment = need('attachment')
      const vms = need('vms')
      for (let killAt = 1; killAt < 40; killAt += 1) {
        const wanted = spec(`killed-${killAt}`, { powerOn: true })
        const work = { do: 'create', spec: wanted, key: `key-74-${killAt}` } as const
        const killed = await inOtherProcess({ harnessUrl, attachment, work, killAt })
        if (killed.result) {
          assert(killAt > 2, 'a creation has more than two checkpoints')
          return
        }
        const handle = killed.checkpoints.at(-1)
        assert(handle, 'the killed process told its checkpoint')
        const resumed = await inOtherProcess({ harnessUrl, attachment, work: { do: 'resume', handle } })
        assertEqual(resumed.result?.error, undefined, `resumed after checkpoint ${killAt}`)
        const found = named(await vms(), wanted.name)
        assertEqual(found.length, 1, `VMs after a kill at checkpoint ${killAt}`)
        assertEqual(found[0]?.running, true, `running after a kill at checkpoint ${killAt}`)
      }
    },
  },
]

/** The handle as it is before the first mutation, which is then not sent: the process might have died there. */
async function intentOf(port: HypervisorPort, spec: VmProvisionSpec): Promise<OperationHandle> {
  let intent: OperationHandle | undefined
  await port.createVm(spec, {
    onCheckpoint(handle) {
      intent ??= copy(handle)
      throw new Error('the conformance kit stops here')
    },
  })
  assert(intent, 'createVm tells a checkpoint before its first mutation')
  return intent
}
