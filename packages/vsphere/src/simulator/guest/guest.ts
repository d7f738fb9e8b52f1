import { randomUUID } from 'node:crypto'
import type { Machine } from '../machines/machine.js'
import { displayName } from '../machines/names.js'
import type { World } from '../world/world.js'
import { runProgram } from './run-program.js'

/** A program that was started in a guest; remembered when it has ended, as VMware Tools do. */
export interface GuestProcess {
  readonly pid: number
  readonly name: string
  readonly owner: string
  readonly commandLine: string
  readonly startedAt: number
  ended?: { readonly at: number; readonly exitCode: number }
  /** Set by whoever ends it before its time. */
  killed: boolean
}

/** The operating system in a VM: files, and programs that run. Lost with nothing but the VM. */
export interface Guest {
  readonly hostname: string
  readonly files: Map<string, Buffer>
  readonly directories: Set<string>
  readonly processes: Map<number, GuestProcess>
  /** Starts a program as VMware Tools do: path and arguments make a line that a shell reads. */
  start(program: { readonly path: string; readonly line: string; readonly owner: string }): GuestProcess
}

/** Ended programs are told of for so long. */
export const endedProcessesMs: number = 5 * 60_000

const guests = new WeakMap<Machine, Guest>()

export function guestOf(world: World, machine: Machine): Guest {
  const known = guests.get(machine)
  if (known !== undefined) return known
  const guest = createGuest(world, displayName(machine.state.name ?? 'guest').replace(/[^\w-]/g, '-'))
  guests.set(machine, guest)
  return guest
}

function createGuest(world: World, hostname: string): Guest {
  const files = new Map([
    ['/etc/hostname', Buffer.from(`${hostname}\n`)],
    ['/bin/sh', Buffer.from('\x7fELF')],
  ])
  const directories = new Set(['/', '/tmp', '/etc', '/bin', '/root', '/home'])
  const processes = new Map<number, GuestProcess>()
  let lastPid = 1_000
  const guest: Guest = {
    hostname,
    files,
    directories,
    processes,
    start({ path, line, owner }) {
      lastPid += 1
      const process: GuestProcess = {
        pid: lastPid,
        name: path.split('/').at(-1) ?? path,
        owner,
        commandLine: line,
        startedAt: world.clock.now(),
        killed: false,
      }
      processes.set(process.pid, process)
      void runProgram(
        guest,
        line,
        (ms) => world.clock.sleep(ms),
        () => process.killed,
      ).then(
        (exitCode) => {
          process.ended ??= { at: world.clock.now(), exitCode }
        },
        () => undefined, // the simulator is closed
      )
      return process
    },
  }
  return guest
}

/** A new, empty directory. */
export function makeTemporary(guest: Guest, directory: string, prefix: string, suffix: string): string {
  const path = `${directory}/${prefix}${randomUUID().slice(0, 8)}${suffix}`
  guest.directories.add(path)
  return path
}
