import { type GuestLogin, HypervisorError } from '@dcm/core'
import type { Download, VsphereClient } from '../../../client/index.js'
import type { ManagedObjectReference } from '../../../client/reference.js'
import type { GuestProcessInfo } from '../../../generated/guest-process-manager.js'
import type { GuestAuthentication } from '../../../generated/shared/vm-guest.js'
import type { CommandLine } from './command-line.js'

/** Who calls into which guest. The password is in it: it lives as long as the call. */
export interface Visit {
  readonly vm: ManagedObjectReference
  readonly auth: GuestAuthentication
  readonly signal: AbortSignal
}

/** A user of the guest by name and password. */
export function authOf(username: string, password: string): GuestAuthentication {
  return { _type: 'NamePasswordAuthentication', interactiveSession: false, username, password }
}

/** VMware Tools let nobody in without an account of the guest. */
export function requireLogin<Login>(login: Login | undefined): Login {
  if (login !== undefined) return login
  const message = 'must be given: vSphere asks for an account inside the guest'
  throw new HypervisorError('INVALID_ARGUMENT', `the input: login ${message}`, {
    details: { problems: [{ path: 'login' satisfies keyof { login: GuestLogin }, message }] },
  })
}

/** Files and programs of guests. Its calls are the platform's own; files travel by URLs. */
export interface GuestDoor {
  read(visit: Visit, path: string, maxBytes: number): Promise<Download>
  write(visit: Visit, path: string, bytes: Uint8Array): Promise<void>
  makeDirectory(visit: Visit): Promise<string>
  removeDirectory(visit: Visit, directory: string): Promise<void>
  holds(visit: Visit, path: string): Promise<boolean>
  start(visit: Visit, line: CommandLine): Promise<number>
  /** All programs of the guest, or one; those that ended are told of for some minutes. */
  programs(visit: Visit, pid?: number): Promise<readonly GuestProcessInfo[]>
  end(visit: Visit, pid: number): Promise<void>
}

export function createGuestDoor(api: VsphereClient): GuestDoor {
  let managers: Promise<{ files: ManagedObjectReference; processes: ManagedObjectReference }> | undefined

  function managed(): NonNullable<typeof managers> {
    managers ??= readManagers(api).catch((error: unknown) => {
      managers = undefined
      throw error
    })
    return managers
  }

  /** Vms of a vCenter are reached through their host, whose certificate the vCenter knows. */
  async function pinOf(url: string, { vm, signal }: Visit): Promise<{ fingerprint1?: string | undefined }> {
    const { hostname } = new URL(url.replace('//*', '//endpoint'))
    if (hostname === 'endpoint' || hostname === new URL(`https://${api.host}`).hostname) return {}
    const { 'runtime.host': host } = await api.read(vm, 'VirtualMachine', ['runtime.host'], { signal })
    if (host === undefined) return {}
    const told = await api.read(host, 'HostSystem', ['summary.config.sslThumbprint'], { signal })
    return { fingerprint1: told['summary.config.sslThumbprint'] }
  }

  return {
    async read(visit, path, maxBytes) {
      const { vm, auth, signal } = visit
      const { files } = await managed()
      const parameters = { vm, auth, guestFilePath: path }
      const { url } = await api.call(files, 'InitiateFileTransferFromGuest', parameters, { signal })
      return api.download(url, { ...(await pinOf(url, visit)), maxBytes, signal })
    },
    async write(visit, path, bytes) {
      const { vm, auth, signal } = visit
      const { files } = await managed()
      const fileAttributes = { _type: 'GuestFileAttributes' as const }
      const parameters = { vm, auth, guestFilePath: path, fileAttributes, fileSize: bytes.length, overwrite: true }
      const url = await api.call(files, 'InitiateFileTransferToGuest', parameters, { signal })
      await api.upload(url, bytes, { ...(await pinOf(url, visit)), signal })
    },
    async makeDirectory({ vm, auth, signal }) {
      const { files } = await managed()
      const parameters = { vm, auth, prefix: 'dcm-', suffix: '' }
      const directory = await api.call(files, 'CreateTemporaryDirectoryInGuest', parameters, { signal })
      // vcsim does so without a container; files would land at the root.
      if (directory === '') throw new HypervisorError('PROTOCOL', 'the guest made a directory and tells no path of it')
      return directory
    },
    async removeDirectory({ vm, auth, signal }, directoryPath) {
      const { files } = await managed()
      await api.call(files, 'DeleteDirectoryInGuest', { vm, auth, directoryPath, recursive: true }, { signal })
    },
    async holds({ vm, auth, signal }, path) {
      const { files } = await managed()
      const at = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'))
      const parameters = { vm, auth, filePath: path.slice(0, at) }
      const listed = await api.call(files, 'ListFilesInGuest', parameters, { signal })
      const name = path.slice(at + 1)
      // Servers tell names or whole paths.
      return listed.files.some((file) => file.path === name || file.path === path)
    },
    async start({ vm, auth, signal }, line) {
      const { processes } = await managed()
      const spec = { _type: 'GuestProgramSpec' as const, ...line, envVariables: [] }
      return Number(await api.call(processes, 'StartProgramInGuest', { vm, auth, spec }, { signal }))
    },
    async programs({ vm, auth, signal }, pid) {
      const { processes } = await managed()
      const parameters = { vm, auth, pids: pid === undefined ? [] : [pid] }
      return api.call(processes, 'ListProcessesInGuest', parameters, { signal })
    },
    async end({ vm, auth, signal }, pid) {
      const { processes } = await managed()
      await api.call(processes, 'TerminateProcessInGuest', { vm, auth, pid }, { signal })
    },
  }
}

async function readManagers(
  api: VsphereClient,
): Promise<{ files: ManagedObjectReference; processes: ManagedObjectReference }> {
  const { guestOperationsManager: manager } = await api.serviceContent()
  const { fileManager: files, processManager: processes } =
    manager === undefined
      ? { fileManager: undefined, processManager: undefined }
      : await api.read(manager, 'GuestOperationsManager', ['fileManager', 'processManager'])
  if (files !== undefined && processes !== undefined) return { files, processes }
  const reason = 'this server has no guest operations'
  throw new HypervisorError('UNSUPPORTED', reason, { details: { reason } })
}
