import type { VmProvisionSpec } from '../../model/provision.js'
import type { OperationHandle } from '../../operations/handle.js'
import type { OperationProgress } from '../../operations/operation.js'
import type { HypervisorPort } from '../../port.js'
import type { SecretInput } from '../../secrets/secret.js'
import { assert, assertEqual, failure, value } from '../assert.js'
import { type Check, only } from '../check.js'
import { patienceMs } from '../patience.js'
import { named } from './native.js'

const group = 'operations'
const copy = <T>(handle: T): T => JSON.parse(JSON.stringify(handle)) as T

export const operationChecks: readonly Check[] = [
  {
    number: 63,
    group,
    title: 'a handle, as JSON in a new process, is resumed to the end',
    async run({ connect, spec, need, inOtherProcess }) {
      const vms = need('vms')
      const port = await connect()
      const wanted = spec('elsewhere')
      const operation = value(await port.createVm(wanted), 'createVm')
      const end = await inOtherProcess({ do: 'resume', handle: copy(operation.handle) })
      assertEqual(end.result?.error, undefined, 'error of the other process')
      const made = named(await vms(), wanted.name).map(({ id }) => id)
      assertEqual(made, [end.result?.id], 'ids of the VMs of that name at the server')
    },
  },
  {
    number: 64,
    group,
    title: 'advance may be repeated at any state',
    async run({ connect, spec, need }) {
      const vms = need('vms')
      const [port, other] = [await connect(), await connect()]
      const wanted = spec('repeated')
      let handle: OperationHandle = copy(value(await port.createVm(wanted), 'createVm').handle)
      for (let visits = 0; visits < 500; visits += 1) {
        // The same handle twice, as a queue that delivers a job to two workers would; the second answer is gone on with.
        await other.advanceOperation(copy(handle))
        const advance = value(await port.advanceOperation(copy(handle)), 'advanceOperation')
        handle = copy(advance.handle)
        if (advance.status !== 'running') {
          assertEqual(advance.status, 'succeeded', advance.error?.message ?? 'status')
          assertEqual(named(await vms(), wanted.name).length, 1, 'VMs of that name at the server')
          return
        }
        await new Promise((resolve) => setTimeout(resolve, Math.min(advance.retryAfterMs ?? 0, 200)))
      }
      assert(false, 'the operation ends within 500 advances', handle.cursor)
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
      assert(seen.length > 0, 'progress was told', 'nothing')
      for (const [index, fraction] of fractions.entries()) {
        assert(fraction >= 0 && fraction <= 1, 'a fraction within 0 and 1', fraction)
        assert(fraction >= (fractions[index - 1] ?? 0), 'progress that does not fall', fractions)
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
      const answer = await operation.wait({ timeoutMs: patienceMs })
      assert(!answer.ok, 'the operation fails as its task did', 'success')
      if (answer.ok) return
      const said = `${answer.error.message} ${answer.error.native?.text ?? ''}`
      assert(said.includes(text), `an error that holds the native text '${text}'`, said)
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
      value(await operation.wait({ timeoutMs: patienceMs }), 'wait')
      assertEqual(named(await vms(), wanted.name).length, 1, 'VMs of that name at the server')
    },
  },
  {
    number: 68,
    group,
    title: 'success with warnings is success, and tells them',
    async run({ connect, spec, fault }) {
      const text = 'conformance kit warns'
      await fault('warnTask')(text)
      const port = await connect()
      const operation = value(await port.createVm(spec('warned')), 'createVm')
      value(await operation.wait(), 'wait')
      const { warnings } = operation
      assert(
        warnings.some((warning) => warning.includes(text)),
        `warnings that hold the platform's text '${text}'`,
        warnings,
      )
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
      const answer = value(await operation.cancel({ timeoutMs: patienceMs }), 'cancel')
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
      await fault('taskDuration')(2000)
      const port = await connect()
      const wanted = spec('waited')
      const operation = value(await port.createVm(wanted), 'createVm')
      const controller = new AbortController()
      setTimeout(() => controller.abort(), 20)
      failure(await operation.wait({ signal: controller.signal }), 'aborted wait', 'CANCELLED')
      value(await operation.wait({ timeoutMs: patienceMs }), 'second wait')
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
            assert(writes <= announced, `at most the ${announced} writes that were announced`, writes)
            if (cursor.stage === 'intent') announced += 1
            stages.push({ stage: cursor.stage, writes })
          },
        }),
        'createVm',
      )
      value(await operation.wait({ timeoutMs: patienceMs }), 'wait')
      const { writes } = await counts()
      const intents = stages.filter(({ stage }) => stage === 'intent')
      assertEqual(stages[0], { stage: 'intent', writes: 0 }, 'the first checkpoint comes before the first write')
      assert(intents.length >= writes, `an intent for each of ${writes} writes`, intents.length)
      const accepted = stages.filter(({ stage }) => stage !== 'intent')
      assert(accepted.length >= writes, `a checkpoint after each of ${writes} writes`, accepted.length)
    },
  },
  {
    number: 72,
    group,
    title: "a server's wrong clock breaks no wait",
    async run({ connect, spec, fault, need }) {
      const vms = need('vms')
      const skew = fault('skewClock')
      for (const ms of [-3_600_000, 3_600_000]) {
        await skew(ms)
        const port = await connect()
        const wanted = spec('skewed')
        const operation = value(await port.createVm(wanted, { deadlineMs: patienceMs }), 'createVm')
        const vm = value(await operation.wait({ timeoutMs: patienceMs }), `wait with a clock off by ${ms} ms`)
        const made = named(await vms(), wanted.name).map(({ id }) => id)
        assertEqual(made, [vm.ref.id], `VMs at the server with a clock off by ${ms} ms`)
      }
    },
  },
  {
    number: 73,
    group,
    title: 'handles stay below 4 KiB and hold no secret; inline ones are asked for again',
    async run({ connect, spec, harness }) {
      const { customization, secrets } = harness.scenario
      const field = (['password', 'userData'] as const).find((name) => customization?.[name] !== undefined)
      only(field !== undefined, 'the scenario has no customisation with a secret')
      const port = await connect()
      const withSecret = (word: string, secret: SecretInput) =>
        spec(word, { customization: { ...customization, ...(field && { [field]: secret }) } })
      const inline = withSecret('inline', { secretValue: secrets[0] ?? 'kit-secret' })
      const intent = await intentOf(port, inline)
      const without = value(await port.resumeOperation(copy(intent)), 'resumeOperation without the secret')
      failure(await without.wait({ timeoutMs: patienceMs }), 'without the inline secret', 'FAILED_PRECONDITION')
      const again = value(await port.resumeOperation(copy(intent), { spec: inline }), 'resumeOperation with the secret')
      const handles: OperationHandle[] = [intent]
      value(await again.wait({ timeoutMs: patienceMs }), 'with the secret again')
      handles.push(copy(again.handle))
      const { secretRef } = harness.scenario
      if (secretRef !== undefined) {
        const referred = await intentOf(port, withSecret('referring', { secretRef }))
        handles.push(referred)
        const resumed = value(await port.resumeOperation(referred), 'resumeOperation with a reference')
        value(await resumed.wait({ timeoutMs: patienceMs }), 'with a secret reference')
      }
      for (const handle of handles) {
        const text = JSON.stringify(handle)
        assert(Buffer.byteLength(text) < 4096, 'a handle below 4,096 bytes', Buffer.byteLength(text))
        for (const secret of secrets) assert(!text.includes(secret), 'no secret in a handle', 'one of the scenario')
      }
      only(secretRef !== undefined, "the scenario has no 'secretRef'")
    },
  },
  {
    number: 74,
    group,
    title: 'killed at each checkpoint in turn, resumed in a new process: one VM, every time',
    async run({ spec, need, inOtherProcess }) {
      const vms = need('vms')
      /** Kills a creation at that checkpoint and resumes it; false when it has fewer checkpoints. */
      const killedAt = async (checkpoint: number): Promise<boolean> => {
        const wanted = spec(`killed-${checkpoint}`, { powerOn: true })
        const killed = await inOtherProcess({ do: 'create', spec: wanted, key: `key-74-${checkpoint}` }, checkpoint)
        if (killed.result) {
          assertEqual(killed.result.error, undefined, 'a creation that is not killed')
          return false
        }
        const handle = killed.checkpoints.at(-1)
        assert(handle, 'the killed process told its checkpoint', killed)
        const resumed = await inOtherProcess({ do: 'resume', handle })
        const found = named(await vms(), wanted.name)
        assertEqual(resumed.result?.error, undefined, `resumed after a kill at checkpoint ${checkpoint}`)
        assertEqual(found.length, 1, `VMs at the server after a kill at checkpoint ${checkpoint}`)
        assertEqual(found[0]?.id, resumed.result?.id, `id after a kill at checkpoint ${checkpoint}`)
        assertEqual(found[0]?.running, true, `running after a kill at checkpoint ${checkpoint}`)
        return true
      }
      let next = 1
      let kills = 0
      // Three creations at a time: most of the time goes into starting processes.
      const worker = async (): Promise<void> => {
        while (next <= mostCheckpoints && (await killedAt(next++))) kills += 1
      }
      await Promise.all([worker(), worker(), worker()])
      assert(kills > 2, 'a creation with more than two checkpoints', kills)
      assert(kills < mostCheckpoints, `a creation that ends within ${mostCheckpoints} checkpoints`, kills)
    },
  },
]

/** No creation has more checkpoints. */
const mostCheckpoints = 60

/** The handle as it is before the first mutation, which is then not sent: the process might have died there. */
async function intentOf(port: HypervisorPort, spec: VmProvisionSpec): Promise<OperationHandle> {
  let intent: OperationHandle | undefined
  await port.createVm(spec, {
    onCheckpoint(handle) {
      intent ??= copy(handle)
      throw new Error('the conformance kit stops here')
    },
  })
  assert(intent, 'createVm tells a checkpoint before its first mutation', 'none')
  return intent
}
