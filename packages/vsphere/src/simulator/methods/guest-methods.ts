import { vimFault } from '../fault.js'
import { endedProcessesMs, type Guest, guestOf, makeTemporary } from '../guest/guest.js'
import { parentOf } from '../guest/paths.js'
import { openTransfer } from '../guest/transfers.js'
import { requirePower } from '../machines/power.js'
import type { Ref } from '../world/managed-object.js'
import type { Call, Handlers, Request } from './handler.js'

type Authentication = Request<'ListProcessesInGuest'>['auth']

/** The guest of a running VM whose tools run, for somebody who can log in there. */
function enter({ world, options }: Call, vm: Ref, auth: Authentication): Guest {
  const machine = world.get('VirtualMachine', vm, 'vm')
  requirePower(machine, ['poweredOn'], 'poweredOn')
  if (machine.state.guest?.guestOperationsReady !== true)
    throw vimFault('GuestOperationsUnavailable', {}, 'The guest operations agent could not be contacted.')
  const { username, password } = options.guestLogin
  if (auth._type !== 'NamePasswordAuthentication' || auth.username !== username || auth.password !== password)
    throw vimFault('InvalidGuestLogin', {}, 'Failed to authenticate with the guest operating system.')
  return guestOf(world, machine)
}

function requireFile({ files }: Guest, file: string): Buffer {
  const found = files.get(file)
  if (found === undefined) throw vimFault('FileNotFound', { file }, `File ${file} was not found`)
  return found
}

function requireDirectory({ directories }: Guest, file: string): void {
  if (!directories.has(file)) throw vimFault('FileNotFound', { file }, `File ${file} was not found`)
}

const posix = { _type: 'GuestPosixFileAttributes' as const, ownerId: 0, groupId: 0, permissions: 0o600 }

export const guestMethods: Handlers = {
  StartProgramInGuest(call, { vm, auth, spec }) {
    const guest = enter(call, vm, auth)
    if (spec._type === '$unknown') throw vimFault('InvalidArgument', { invalidProperty: 'spec' })
    requireFile(guest, spec.programPath)
    const owner = call.options.guestLogin.username
    return guest.start({ path: spec.programPath, line: `"${spec.programPath}" ${spec.arguments}`, owner }).pid
  },
  ListProcessesInGuest(call, { vm, auth, pids }) {
    const { processes } = enter(call, vm, auth)
    const wanted = new Set(pids.map(Number))
    const now = call.world.clock.now()
    return [...processes.values()]
      .filter(({ pid, ended }) => {
        const isTold = ended === undefined || now - ended.at < endedProcessesMs
        return isTold && (wanted.size === 0 || wanted.has(pid))
      })
      .map(({ pid, name, owner, commandLine, startedAt, ended }) => ({
        name,
        pid,
        owner,
        cmdLine: commandLine,
        startTime: new Date(startedAt).toISOString(),
        ...(ended && { endTime: new Date(ended.at).toISOString(), exitCode: ended.exitCode }),
      }))
  },
  TerminateProcessInGuest(call, { vm, auth, pid }) {
    const process = enter(call, vm, auth).processes.get(Number(pid))
    if (process === undefined || process.ended !== undefined) throw vimFault('GuestProcessNotFound', { pid })
    process.killed = true
    process.ended = { at: call.world.clock.now(), exitCode: 137 }
    return undefined
  },
  CreateTemporaryDirectoryInGuest(call, { vm, auth, prefix, suffix, directoryPath = '/tmp' }) {
    const guest = enter(call, vm, auth)
    requireDirectory(guest, directoryPath)
    return makeTemporary(guest, directoryPath, prefix, suffix)
  },
  DeleteDirectoryInGuest(call, { vm, auth, directoryPath, recursive }) {
    const guest = enter(call, vm, auth)
    requireDirectory(guest, directoryPath)
    const inside = (path: string): boolean => path.startsWith(`${directoryPath}/`)
    const content = [...guest.files.keys(), ...guest.directories].filter(inside)
    if (content.length > 0 && !recursive) throw vimFault('CannotAccessFile', { file: directoryPath })
    for (const path of content) {
      guest.files.delete(path)
      guest.directories.delete(path)
    }
    guest.directories.delete(directoryPath)
    return undefined
  },
  DeleteFileInGuest(call, { vm, auth, filePath }) {
    const guest = enter(call, vm, auth)
    requireFile(guest, filePath)
    guest.files.delete(filePath)
    return undefined
  },
  MakeDirectoryInGuest(call, { vm, auth, directoryPath }) {
    const guest = enter(call, vm, auth)
    if (guest.directories.has(directoryPath)) throw vimFault('FileAlreadyExists', { file: directoryPath })
    requireDirectory(guest, parentOf(directoryPath))
    guest.directories.add(directoryPath)
    return undefined
  },
  ListFilesInGuest(call, { vm, auth, filePath }) {
    const guest = enter(call, vm, auth)
    const isFile = guest.files.has(filePath)
    if (!isFile) requireDirectory(guest, filePath)
    const files = [...guest.files]
      .filter(([path]) => (isFile ? path === filePath : parentOf(path) === filePath))
      .map(([path, content]) => ({ path, type: 'file', size: content.length, attributes: posix }))
    return { files, remaining: 0 }
  },
  InitiateFileTransferFromGuest(call, { vm, auth, guestFilePath: path }) {
    const guest = enter(call, vm, auth)
    const file = requireFile(guest, path)
    const url = openTransfer(call.world, { guest, path, announced: undefined })
    return { attributes: posix, size: file.length, url }
  },
  InitiateFileTransferToGuest(call, { vm, auth, guestFilePath: path, fileSize, overwrite }) {
    const guest = enter(call, vm, auth)
    requireDirectory(guest, parentOf(path))
    if (guest.files.has(path) && !overwrite) throw vimFault('FileAlreadyExists', { file: path })
    return openTransfer(call.world, { guest, path, announced: Number(fileSize) })
  },
}
