// The process that is killed: runs one operation against a served platform and stores each checkpoint in a file.
import { renameSync, writeFileSync } from 'node:fs'
import type { OperationHandle } from '@dcm/core'
import { connect } from './connect.js'
import type { ChildResult, ChildTask } from './task.js'

// Written by the test that started this process.
const task = JSON.parse(process.argv[2] ?? '') as ChildTask
const port = await connect(task.address)

let checkpoints = 0
function onCheckpoint(handle: OperationHandle): void {
  checkpoints += 1
  writeFileSync(`${task.handleFile}.new`, JSON.stringify(handle))
  renameSync(`${task.handleFile}.new`, task.handleFile)
  if (task.dieAt === checkpoints) process.kill(process.pid, 'SIGKILL')
}

const { work } = task
const started =
  work.do === 'create'
    ? await port.createVm(work.spec, { idempotencyKey: work.key, onCheckpoint })
    : work.do === 'delete'
      ? await port.deleteVm(work.ref, { ...work.options, onCheckpoint })
      : await port.resumeOperation(work.handle, { onCheckpoint })
const answer = started.ok ? await started.value.wait({ timeoutMs: 50_000 }) : started
const result: ChildResult = {
  checkpoints,
  ok: answer.ok,
  ...(answer.ok && 'ref' in answer.value && { id: answer.value.ref.id }),
  ...(!answer.ok && { code: answer.error.code }),
}
process.stdout.write(`${JSON.stringify(result)}\n`)
await port.close()
