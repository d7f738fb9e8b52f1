import { randomUUID } from 'node:crypto'
import {
  createClock,
  createControlDoor,
  type RequestLog,
  type SimulatorClock,
  type Steered,
  startLoopbackServer,
} from '@dcm/wire/loopback'
import { createDispatcher } from './dispatch.js'
import { createPlatformFaults, find, type VsphereSimulatorFaults } from './faults/platform-faults.js'
import { applyRemoteFault } from './faults/remote-faults.js'
import { createSwitches } from './faults/switches.js'
import { guestOf } from './guest/guest.js'
import { keptDiskFiles } from './machines/devices.js'
import { type NativeSession, type NativeTask, type NativeVm, nativeTasks, nativeVms } from './native-state.js'
import { platformTiming, type SimulatorAddress, type Timing, type VsphereSimulatorOptions } from './options.js'
import { createRestServices } from './rest/rest-services.js'
import { addDatacenter, addFolder } from './seed/datacenter.js'
import { addGoldenLibrary } from './seed/library.js'
import { addManagers, serviceContent } from './seed/service-content.js'
import { createSessions } from './sessions/sessions.js'
import { samlToken } from './soap/messages.js'
import { loadVimApi } from './soap/vim-api.js'
import { createTaskBoard } from './tasks/task-board.js'
import { createWorld, type World } from './world/world.js'

/** A simulated vCenter, or a bare host, that runs in this process. */
export interface VsphereSimulator extends SimulatorAddress {
  /** What arrived; the path of a call is that of `callPath`. */
  readonly requests: RequestLog
  readonly faults: VsphereSimulatorFaults
  /** The platform's time; `advance` moves it. */
  readonly clock: Pick<SimulatorClock, 'now' | 'advance'>
  /** Calls of a method so far. */
  calls(method: string): number
  /** Logins that were granted. */
  logins(): number
  sessions(): NativeSession[]
  /** Sessions of the REST services that live now. */
  restSessions(): number
  vms(): NativeVm[]
  tasks(): NativeTask[]
  /** Paths of the files of disks that were taken out of their VM. */
  keptDisks(): string[]
  /** Files in the guest of a VM, by display name or id (`vm-12`). */
  guestFiles(vm: string): ReadonlyMap<string, Buffer>
  /** Programs that were started there, oldest first; without an exit code while they run. */
  guestPrograms(vm: string): readonly { readonly commandLine: string; readonly exitCode: number | undefined }[]
  /** Stops the server and every task; calling it again does nothing. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const sessionTimeoutMs = 30 * 60_000
const maxSessions = 550
const idleConnectionMs = 60_000

/** What a call is named in the request log and by transport faults: `callPath('CloneVM_Task')`. */
export const callPath = (method: string): string => `/sdk#${method}`

/**
 * Starts a loopback HTTPS server that behaves like a vCenter: SOAP at `/sdk`, an inventory, tasks that take their time.
 * `onShutdown` is called when somebody asks for the end through the control door.
 */
export async function startVsphereSimulator(
  options: VsphereSimulatorOptions = {},
  onShutdown: () => void = () => {},
): Promise<VsphereSimulator> {
  const world = createWorld({
    api: await loadVimApi(),
    clock: createClock(),
    timing: timingOf(options),
    switches: createSwitches(),
    content: serviceContent(options),
    isHostAgent: options.product === 'esxi',
  })
  seed(world, options)
  const credentials = {
    username: options.username ?? (world.isHostAgent ? 'root' : 'administrator@vsphere.local'),
    password: options.password ?? randomUUID(),
  }
  const sessions = createSessions(world, {
    idleMs: options.sessionTimeoutMs ?? sessionTimeoutMs,
    max: options.maxSessions ?? maxSessions,
  })
  const tasks = createTaskBoard(world)
  const tokenId = `_${randomUUID()}`
  const guestLogin = { username: 'root', password: options.guestPassword ?? randomUUID() }
  const rest = createRestServices(world, tasks, credentials)
  const dispatcher = createDispatcher({
    world,
    sessions,
    tasks,
    rest,
    options: { ...options, ...credentials, tokenId, guestLogin },
  })
  const { controlToken } = options
  const server = await startLoopbackServer({
    async handler(request) {
      const { answerDelayMs } = world.switches
      if (answerDelayMs > 0) await world.clock.sleep(answerDelayMs)
      return dispatcher.answer(request)
    },
    nameRequest: ({ path, body }) => (path.startsWith('/sdk') ? nameOfCall(path, body) : path),
    idleTimeoutMs: idleConnectionMs,
    ...(controlToken === undefined ? {} : { sideDoor: createControlDoor(controlToken, () => steered) }),
    ...(options.port === undefined ? {} : { port: options.port }),
  })
  const faults = createPlatformFaults(world, sessions, rest, server.faults)
  const nativeSessions = (): NativeSession[] =>
    sessions.list().map(({ key, userName, userAgent, calls }) => ({ key, userName, userAgent, calls }))
  const steered: Steered = {
    server,
    state: () => ({
      vms: nativeVms(world),
      tasks: nativeTasks(world),
      keptDisks: keptDiskFiles(world),
      sessions: nativeSessions(),
      logins: sessions.loginCount,
    }),
    fault: (value) => applyRemoteFault(faults, value),
    clearFaults: faults.clear,
    shutdown: onShutdown,
  }
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    world.clock.stop()
    closing ??= server.close()
    return closing
  }
  return {
    url: server.url,
    port: server.port,
    ca: server.ca,
    fingerprint256: server.fingerprint256,
    fingerprint1: server.fingerprint1,
    credentials,
    token: samlToken(tokenId, credentials.username),
    guestLogin,
    instanceUuid: world.content.about.instanceUuid,
    requests: server.requests,
    faults,
    clock: world.clock,
    calls: (method) => server.requests.count({ path: callPath(method) }),
    logins: () => sessions.loginCount,
    sessions: nativeSessions,
    restSessions: rest.sessionCount,
    vms: () => nativeVms(world),
    tasks: () => nativeTasks(world),
    keptDisks: () => keptDiskFiles(world),
    guestPrograms: (vm) =>
      [...guestOf(world, find(world.all('VirtualMachine'), vm)).processes.values()].map(({ commandLine, ended }) => ({
        commandLine,
        exitCode: ended?.exitCode,
      })),
    guestFiles: (vm) => guestOf(world, find(world.all('VirtualMachine'), vm)).files,
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** The first element of a SOAP body, found without reading the document: it may be no XML at all. */
function nameOfCall(path: string, body: Buffer): string {
  const start = body.subarray(0, 16_384).toString('latin1')
  const method = /<(?:[\w.-]+:)?Body[^>]*>\s*<(?:[\w.-]+:)?([\w.-]+)/.exec(start)?.[1]
  return method === undefined ? path : callPath(method)
}

function timingOf({ speed = 1, timing = {} }: VsphereSimulatorOptions): Timing {
  const paced = Object.entries(platformTiming).map(([name, ms]) => [name, ms / speed])
  return { ...(Object.fromEntries(paced) as Timing), ...timing } // the same names
}

function seed(world: World, options: VsphereSimulatorOptions): void {
  addManagers(world)
  const folder = addFolder(
    world,
    world.isHostAgent ? 'ha-folder-root' : 'Datacenters',
    undefined,
    ['Folder', 'Datacenter'],
    world.content.rootFolder.value,
  )
  const count = world.isHostAgent ? 1 : (options.seed?.datacenters ?? 1)
  for (let number = 0; number < count; number += 1) addDatacenter(world, folder, number, options.seed ?? {})
  if (!world.isHostAgent && options.seed?.library !== false) addGoldenLibrary(world)
}
