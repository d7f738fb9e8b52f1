import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import type { OperationHandle } from '../operations/handle.js'
import { CheckFailure } from './assert.js'
import { childProgram } from './child-program.js'
import type { ChildLine, ChildTask } from './main.js'
import { patienceMs } from './patience.js'

/** How another process ended. */
export interface ChildEnd {
  /** The checkpoints it told, in order. */
  readonly checkpoints: readonly OperationHandle[]
  /** Absent when it was killed. */
  readonly result?: { readonly ok: boolean; readonly id?: string; readonly error?: string }
}

/** A process that has not ended by itself after this is killed, and fails its check. */
const longestMs = 2 * patienceMs

/** Runs a task in a process of its own. */
export async function inOtherProcess(task: ChildTask): Promise<ChildEnd> {
  const entry = createRequire(import.meta.url).resolve('@dcm/core/conformance/main')
  const program = await childProgram(task.harnessUrl)
  const told = JSON.stringify({ ...task, harnessUrl: program.harnessUrl })
  const child = spawn(process.execPath, [...program.arguments, entry, told], { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk))
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new CheckFailure(`the other process did not end by itself within ${longestMs} ms: ${errors}`))
    }, longestMs)
    child.once('error', reject)
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      const lines = output.split('\n').filter((line) => line.startsWith('{'))
      const said = lines.map((line) => JSON.parse(line) as ChildLine) // written by `main`
      const checkpoints = said.flatMap((line) => ('checkpoint' in line ? [line.checkpoint] : []))
      const result = said.flatMap((line) => ('result' in line ? [line.result] : []))[0]
      if (!result && signal !== 'SIGKILL') reject(new CheckFailure(`the other process ended with ${code}: ${errors}`))
      else resolve({ checkpoints, ...(result && { result }) })
    })
  })
}
