import {
  type GuestExit,
  HypervisorError,
  type OperationDefinition,
  type OperationInputs,
  type StepContext,
} from '@dcm/core'
import { isFault } from '../../../client/error.js'
import { requireVm } from '../../locate.js'
import type { DetailRow } from '../../map-vm.js'
import type { Platform } from '../../platform.js'
import { notInTime, pinned, refused, type VmState, vmOf } from '../../power/power-state.js'
import { stillRunning } from '../../task-step.js'
import { commandLine, fileOf } from './command-line.js'
import { authOf, type GuestDoor, requireLogin, type Visit } from './door.js'

type Input = OperationInputs['guest.exec']
type ExecState = VmState & {
  isWindows: boolean
  /** In the guest, of this run alone: its output and its exit code lie there until the result was read. */
  directory: string
  exitCode: number
}
type Context = StepContext<Input, ExecState>

const defaultLimitMs = 60_000
/** Bytes of each stream that are kept. */
const longestOutput = 65_536
/** Results that were read, whose files are gone from the guest: for those who ask again. */
const keptResults = 64

/**
 * StartProgramInGuest tells no output: the program writes into files, which are read through the guest's file transfer and
 * removed. A run that was given up leaves its directory to the guest, since the program may still write there.
 */
export function execInGuest(platform: Platform, door: GuestDoor): OperationDefinition<Input, ExecState, GuestExit> {
  const results = new Map<string, GuestExit>()
  return {
    steps: [
      {
        name: 'plan',
        repeat: 'read',
        async begin({ input, signal }) {
          requireLogin(input.login)
          const row = await requireVm(platform, input.ref, signal)
          requireTools(row)
          return { done: true, state: { ...pinned(row), isWindows: /^win/i.test(row['config.guestId'] ?? '') } }
        },
      },
      {
        name: 'prepare',
        // Made once too often, an empty directory stays in the guest's place for temporary files.
        repeat: 'safe',
        async begin(context) {
          return { done: true, state: { directory: await door.makeDirectory(await visitOf(context)) } }
        },
      },
      {
        name: 'run',
        repeat: 'once',
        weight: 1,
        async begin(context) {
          const { directory, isWindows } = settled(context)
          const line = commandLine(context.input.command, directory, isWindows)
          return { task: await door.start(await visitOf(context), line), retryAfterMs: 100 }
        },
        async poll(context, task) {
          const visit = await visitOf(context)
          const [program] = typeof task === 'number' ? await door.programs(visit, task) : []
          const isRunning = program !== undefined && program.endTime === undefined
          const exitCode = isRunning ? undefined : (program?.exitCode ?? (await writtenCode(door, visit, context)))
          if (exitCode !== undefined) return { done: true, state: { exitCode } }
          const { limitMs = defaultLimitMs } = context.input
          if (context.now() - context.begunAt < limitMs) return stillRunning(context)
          const message = `the program has not ended within ${limitMs} ms; it may go on in the guest: give it more time with limitMs`
          throw notInTime(message, limitMs)
        },
        async cancel(context, task) {
          if (typeof task !== 'number') return false
          try {
            await door.end(await visitOf(context), task)
            return true
          } catch (error) {
            if (isFault(error, 'GuestProcessNotFound')) return false
            throw error
          }
        },
        findCanBeWrong:
          'the guest was restarted before its shell had opened the file for the output: the program is started once more',
        async find(context) {
          const visit = await visitOf(context)
          const { directory, isWindows } = settled(context)
          // Its line names the directory of this run, and nobody else's does.
          const mine = (await door.programs(visit)).find(({ cmdLine }) => holdsLine(cmdLine, context))
          if (mine !== undefined) return { found: 'running', task: Number(mine.pid) }
          const began = await door.holds(visit, fileOf(directory, 'output', isWindows))
          return began ? { found: 'running', task: null } : { found: 'absent' }
        },
      },
    ],
    async result(context) {
      const { directory, isWindows } = settled(context)
      const key = `${context.state.id}:${directory}`
      const known = results.get(key)
      if (known !== undefined) return known
      const visit = await visitOf(context)
      const [output, errors] = await Promise.all([
        readOutput(door, visit, fileOf(directory, 'output', isWindows)),
        readOutput(door, visit, fileOf(directory, 'errors', isWindows)),
      ])
      const exit: GuestExit = {
        exitCode: context.state.exitCode ?? 0,
        stdout: output.text,
        stderr: errors.text,
        truncated: output.truncated || errors.truncated,
      }
      results.set(key, exit)
      for (const oldest of [...results.keys()].slice(0, -keptResults)) results.delete(oldest)
      // Best effort: what stays lies among the guest's temporary files.
      await door.removeDirectory(visit, directory).catch(() => undefined)
      return exit
    },
  }
}

function holdsLine(line: string, context: Context): boolean {
  const { directory, isWindows } = settled(context)
  // The script stands in base64 there.
  return line.includes(isWindows ? commandLine(context.input.command, directory, true).arguments : directory)
}

/** FAILED_PRECONDITION where nobody would hear. */
export function requireTools(row: DetailRow): void {
  if (row['runtime.powerState'] !== 'poweredOn') throw refused(row, 'does not run: start it', 'not-running')
  if (row['guest.toolsRunningStatus'] === 'guestToolsRunning') return
  throw refused(row, 'has no VMware Tools running, so nobody can be asked inside', 'cannot-ask')
}

async function visitOf({ input, state, reveal, signal }: Context): Promise<Visit> {
  const login = requireLogin(input.login)
  const password = (await reveal(login.password)).reveal()
  return { vm: vmOf(state), auth: authOf(login.userName, password), signal }
}

function settled({ state }: Context): { readonly directory: string; readonly isWindows: boolean } {
  const { directory, isWindows = false } = state
  if (directory === undefined) throw new TypeError('the first steps tell the directory')
  return { directory, isWindows }
}

/** The exit code that the shell wrote down; the guest forgets its programs some minutes after their end. */
async function writtenCode(door: GuestDoor, visit: Visit, context: Context): Promise<number | undefined> {
  const { directory, isWindows } = settled(context)
  try {
    const { bytes } = await door.read(visit, fileOf(directory, 'exitCode', isWindows), 16)
    const text = Buffer.from(bytes).toString('latin1').trim()
    return /^-?\d+$/.test(text) ? Number(text) : undefined
  } catch (error) {
    if (isFault(error, 'FileNotFound')) return undefined
    throw error
  }
}

async function readOutput(
  door: GuestDoor,
  visit: Visit,
  path: string,
): Promise<{ readonly text: string; readonly truncated: boolean }> {
  try {
    const { bytes, truncated } = await door.read(visit, path, longestOutput)
    // A letter that was cut in two is left out.
    return { text: new TextDecoder().decode(bytes, { stream: truncated }), truncated }
  } catch (error) {
    if (!isFault(error, 'FileNotFound')) throw error
    throw new HypervisorError(
      'FAILED_PRECONDITION',
      'the program has ended, and what it printed is no more in the guest: it was read before, or cleared away there',
      { outcome: 'unknown', details: { reason: 'output-gone' } },
    )
  }
}
