// A second process for the checks that need one: creates or resumes, tells each checkpoint on its output, and kills
// itself at one of them when asked to. Started by other-process.ts.
import { writeSync } from 'node:fs'
import type { Json } from '../json.js'
import type { VmProvisionSpec } from '../model/provision.js'
import type { OperationHandle } from '../operations/handle.js'
import type { HarnessModule } from './harness.js'
import { patienceMs } from './patience.js'

/** What the child is told, as JSON in its only argument. */
export interface ChildTask {
  readonly harnessUrl: string
  readonly attachment: Json
  readonly work:
    | { readonly do: 'create'; readonly spec: VmProvisionSpec; readonly key: string }
    | { readonly do: 'resume'; readonly handle: OperationHandle }
    /** Lists, closes, and has to end by itself. */
    | { readonly do: 'close' }
  /** Ends with SIGKILL at this checkpoint, counted from 1. */
  readonly killAt?: number
}

/** What the child says, a line each. */
export type ChildLine =
  | { readonly checkpoint: OperationHandle }
  | { readonly result: { readonly ok: boolean; readonly id?: string; readonly error?: string } }

const say = (line: ChildLine) => writeSync(1, `${JSON.stringify(line)}\n`)

async function main(task: ChildTask): Promise<void> {
  const { attachHarness } = (await import(task.harnessUrl)) as HarnessModule // what `otherProcess` asks of it
  if (!attachHarness) throw new Error('the harness module has no attachHarness')
  const harness = await attachHarness(task.attachment)
  const port = await harness.connect()
  let checkpoints = 0
  const onCheckpoint = (handle: OperationHandle): void => {
    checkpoints += 1
    say({ checkpoint: handle })
    if (checkpoints === task.killAt) process.kill(process.pid, 'SIGKILL')
  }
  const { work } = task
  if (work.do === 'close') {
    const listed = await port.listVms()
    await port.close()
    await harness.close()
    say({ result: listed.ok ? { ok: true } : { ok: false, error: listed.error.message } })
    return
  }
  const started =
    work.do === 'create'
      ? await port.createVm(work.spec, { idempotencyKey: work.key, onCheckpoint })
      : await port.resumeOperation(work.handle, { onCheckpoint })
  const answer = started.ok ? await started.value.wait({ timeoutMs: patienceMs }) : started
  const id = answer.ok && 'ref' in answer.value ? answer.value.ref.id : undefined
  say({
    result: answer.ok
      ? { ok: true, ...(id !== undefined && { id }) }
      : { ok: false, error: `${answer.error.code}: ${answer.error.message}` },
  })
  await port.close()
  await harness.close()
}

await main(JSON.parse(process.argv[2] ?? '') as ChildTask) // written by `otherProcess`
