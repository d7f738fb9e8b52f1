import { randomUUID } from 'node:crypto'
import {
  createCertificateAuthority,
  createControlDoor,
  type LoopbackReply,
  type LoopbackRequest,
  type LoopbackServer,
  type RequestLog,
  type SimulatorClock,
  type Steered,
  startLoopbackServer,
} from '@dcm/wire/loopback'
import { createWorld } from './create-world.js'
import { createFaultSwitches, type SimulatorFaults } from './faults/fault-switches.js'
import type { PlatformFault } from './faults/platform-faults.js'
import { createDispatcher } from './http/dispatch.js'
import {
  type NativeTask,
  type NativeVm,
  type NativeVolume,
  nativeTasks,
  nativeVms,
  nativeVolumes,
} from './native-state.js'
import { allOperations } from './operations/all-operations.js'
import type { ProxmoxSimulatorOptions, SimulatorAddress } from './options.js'
import { ROOT, ROOT_TOKEN } from './seed/seed-access.js'
import type { World } from './world.js'

/** A simulated Proxmox VE cluster that runs in this process. */
export interface ProxmoxSimulator extends SimulatorAddress {
  /** What arrived at the server. */
  readonly requests: RequestLog
  readonly faults: SimulatorFaults
  /** The cluster's time; `advance` moves it. */
  readonly clock: Pick<SimulatorClock, 'now' | 'advance'>
  /** All guests, containers and templates too, as the cluster holds them. */
  vms(): NativeVm[]
  /** All volumes of all storages, those that belong to no guest too. */
  volumes(): NativeVolume[]
  /** All tasks so far, running and ended. */
  tasks(): NativeTask[]
  /** Stops the server and every task; calling it again does nothing. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const IDLE_TIMEOUT_MS = 5_000
const REQUESTS_PER_CONNECTION = 100
/** Uploads are held in memory. */
const MAX_UPLOAD_BYTES = 256 * 1024 * 1024

/**
 * Starts a loopback HTTPS server that behaves like a Proxmox VE cluster: states, tasks, locks, permissions, validation and
 * error texts as recorded from 9.1 and 9.2. `onShutdown` is called when somebody asks for the end through the control door.
 */
export async function startProxmoxSimulator(
  options: ProxmoxSimulatorOptions = {},
  onShutdown: () => void = () => {},
): Promise<ProxmoxSimulator> {
  const root = { password: options.password ?? randomUUID(), tokenSecret: options.tokenSecret ?? randomUUID() }
  const authority = createCertificateAuthority('Proxmox Virtual Environment')
  const { world, certificate } = await createWorld({ options, authority, root })
  const dispatch = createDispatcher(world, allOperations)
  const answer = async (request: LoopbackRequest): Promise<LoopbackReply> => {
    const { answerDelayMs } = world.switches
    if (answerDelayMs > 0) await world.clock.sleep(answerDelayMs)
    return dispatch(request)
  }
  const { controlToken } = options
  const server: LoopbackServer = await startLoopbackServer({
    handler: answer,
    ...(controlToken === undefined ? {} : { sideDoor: createControlDoor(controlToken, () => steered) }),
    authority,
    certificate,
    idleTimeoutMs: options.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
    maxRequestsPerConnection: options.maxRequestsPerConnection ?? REQUESTS_PER_CONNECTION,
    maxBodyBytes: MAX_UPLOAD_BYTES,
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.host === undefined ? {} : { host: options.host }),
  })
  const faults = createFaultSwitches(world, server.faults)
  const steered: Steered = {
    server,
    state: () => ({ vms: nativeVms(world), volumes: nativeVolumes(world), tasks: nativeTasks(world) }),
    // The door is for our own process handle, which is typed; a fault of unknown type has no effect.
    fault: (value) => faults.apply(value as PlatformFault),
    clearFaults: faults.clear,
    shutdown: onShutdown,
  }
  const close = closer(world, server)
  return {
    url: server.url,
    port: server.port,
    ca: authority.certificatePem,
    fingerprint256: certificate.fingerprint256,
    nodes: [...world.cluster.nodes.keys()],
    credentials: {
      user: ROOT,
      password: root.password,
      tokenId: `${ROOT}!${ROOT_TOKEN}`,
      tokenSecret: root.tokenSecret,
      token: `${ROOT}!${ROOT_TOKEN}=${root.tokenSecret}`,
    },
    requests: server.requests,
    faults,
    clock: world.clock,
    vms: () => nativeVms(world),
    volumes: () => nativeVolumes(world),
    tasks: () => nativeTasks(world),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function closer(world: World, server: LoopbackServer): () => Promise<void> {
  let closing: Promise<void> | undefined
  return () => {
    world.clock.stop()
    closing ??= server.close()
    return closing
  }
}
