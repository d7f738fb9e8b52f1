import type { Client } from 'openapi-fetch'
import { createTokenSession } from './auth-token.js'
import type { RequestOptions } from './call.js'
import { checkAuth, checkTimeout } from './check-options.js'
import type { ProxmoxAuth, ProxmoxClientOptions } from './client-options.js'
import { createDoor } from './door.js'
import type { DownloadKey } from './download.js'
import { ProxmoxError, refusal } from './error.js'
import { createFlatRequest, type Envelope } from './flat-request.js'
import { createLazySender } from './lazy-sender.js'
import { createLazySession } from './lazy-session.js'
import { createOpenapi } from './openapi.js'
import { createPresenceCheck, type PresenceCheck } from './presence.js'
import type { OperationKey, OperationParameters, OperationResult, RequestArguments, TaskKey } from './request-types.js'
import type { Sender } from './sender.js'
import type { Session } from './session.js'
import { singleFlight } from './single-flight.js'
import { createTask, finishedTask, type ProxmoxTask } from './task.js'
import { createTaskObserver } from './task-observer.js'
import type { TaskState } from './task-state.js'
import { createTaskWatcher } from './task-watcher.js'
import { isUpid, parseUpid } from './upid.js'
import type { Upload } from './upload.js'

export type ProxmoxVersion = OperationResult<'GET /version'>

/** A typed client of one Proxmox VE endpoint. Everything it throws is a {@link ProxmoxError}. */
export interface ProxmoxClient {
  /** host:port of the endpoint. */
  readonly host: string

  /**
   * Runs one operation and gives its unwrapped answer, brought to its declared types; members that the description does
   * not know are kept. An answered task id is only an id: use `task` to wait for the work.
   */
  request<Key extends OperationKey>(
    key: Key,
    ...rest: RequestArguments<OperationParameters<Key>>
  ): Promise<OperationResult<Key>>

  /** As `request`, with what stands beside the data (`total` of lists that are asked for in parts). */
  envelope<Key extends OperationKey>(
    key: Key,
    ...rest: RequestArguments<OperationParameters<Key>>
  ): Promise<Envelope<OperationResult<Key>>>

  /** Starts the work of an operation that answers with a task id. Status 200 means accepted: wait for the task. */
  task<Key extends OperationKey>(
    key: TaskKey<Key>,
    ...rest: RequestArguments<OperationParameters<Key>>
  ): Promise<ProxmoxTask>

  /** A handle for a task that was started before, perhaps by another process. No I/O. */
  attachTask(upid: string): ProxmoxTask

  /**
   * Looks once at any number of tasks: one request for each node that runs some of them. A node that does not answer
   * gives `unreachable` for its tasks and fails nothing else.
   */
  taskStates(upids: readonly string[], options?: RequestOptions): Promise<ReadonlyMap<string, TaskState>>

  /** Sends a file to a storage; the task puts it into its place. Contact the node that shall have it: it spools the file. */
  upload(upload: Upload, options?: RequestOptions): Promise<ProxmoxTask>

  /** The body of an operation that can stream, as bytes. */
  download<Key extends DownloadKey>(
    key: Key,
    parameters: OperationParameters<Key>,
    options?: RequestOptions,
  ): Promise<AsyncIterable<Uint8Array>>

  /** GET /version, asked once. From then on calls that the release lacks are refused (`unsupported`) before sending. */
  version(): Promise<ProxmoxVersion>

  /**
   * A plain openapi-fetch client (`{ data, error, response }`) on the same transport and credentials:
   * `pve.openapi<paths>()` with `paths` of `@dcm/proxmox/paths`. The type is a parameter so that it costs nobody
   * anything who does not use it.
   */
  openapi<Paths extends object>(): Client<Paths>

  /** Ends waits (the tasks go on) and connections. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Makes a client. No I/O: the first call connects, and signs in where a password is used. */
export function createProxmoxClient(options: ProxmoxClientOptions): ProxmoxClient {
  const baseUrl = originOf(options.url)
  checkAuth(options.auth)
  checkTimeout(options.timeoutMs)
  const sender = createLazySender(new URL(baseUrl).host, async () => {
    const { fetch } = options
    if (fetch === undefined) return (await import('./sender-wire.js')).createWireSender(baseUrl, options)
    const { createFetchSender } = await import('./sender-fetch.js')
    return createFetchSender(fetch, baseUrl, { timeoutMs: options.timeoutMs ?? 60_000 })
  })
  const session = createSession(options.auth, sender)
  const door = createDoor(sender, session)
  let presence: PresenceCheck | undefined
  let version: ProxmoxVersion | undefined
  const flat = createFlatRequest({ door, host: sender.host, secrets: session.secrets, presence: () => presence })
  const call = async (...args: Parameters<typeof flat>): Promise<unknown> => {
    if (options.release !== undefined && presence === undefined) await usePresenceOf(options.release)
    return (await flat(...args)).data
  }
  const observe = createTaskObserver(call)
  const watcher = createTaskWatcher(observe, options.taskPolling)
  const askVersion = singleFlight(async () => {
    const answer = (await call('GET /version')) as ProxmoxVersion // by the API's description
    await usePresenceOf(options.release ?? answer.release)
    version = answer
    return answer
  })

  async function usePresenceOf(release: string): Promise<void> {
    const generated = await import('../generated/presence.js')
    presence = createPresenceCheck(generated.presence, release, sender.host)
  }

  async function taskStates(
    upids: readonly string[],
    limits?: RequestOptions,
  ): Promise<ReadonlyMap<string, TaskState>> {
    const limited =
      limits === undefined ? observe : createTaskObserver((key, parameters) => call(key, parameters, limits))
    const states = await Promise.all(
      [...groupByNode(upids)].map(([node, ofNode]) =>
        limited(node, ofNode).catch((error: unknown) => unreachable(ofNode, error)),
      ),
    )
    return new Map(states.flatMap((ofNode) => [...ofNode]))
  }

  async function close(): Promise<void> {
    watcher.close()
    await sender.close()
  }

  const client = {
    host: sender.host,
    request: call,
    envelope: flat,
    task: async (...args: Parameters<typeof flat>) => taskOf(await call(...args), args[0]),
    attachTask: (upid: string) => createTask(upid, call, watcher),
    taskStates,
    upload: async (upload: Upload, limits?: RequestOptions) => {
      const { sendUpload } = await import('./upload.js')
      return createTask(await sendUpload(door, sender.host, upload, limits), call, watcher)
    },
    download: async (key: string, parameters: Readonly<Record<string, unknown>>, limits?: RequestOptions) => {
      const { startDownload } = await import('./download.js')
      return startDownload(door, sender.host, key, parameters, limits)
    },
    version: () => (version === undefined ? askVersion() : Promise.resolve(version)),
    openapi: <Paths extends object>() => createOpenapi<Paths>(door, baseUrl),
    close,
    [Symbol.asyncDispose]: close,
  }
  // The implementation is one untyped call; the types of the operations stand on the interface alone.
  return client as ProxmoxClient

  function taskOf(answer: unknown, key: string): ProxmoxTask {
    if (isUpid(answer)) return createTask(answer, call, watcher)
    if (answer === null || answer === undefined || answer === '' || answer === 'OK') return finishedTask
    throw new ProxmoxError({
      kind: 'protocol',
      message: `${key} answered with neither a task id nor null: use request() for it`,
      outcome: 'unknown',
      retryable: false,
      host: sender.host,
      operation: key,
    })
  }
}

function createSession(auth: ProxmoxAuth, sender: Sender): Session {
  if ('tokenId' in auth) return createTokenSession(auth)
  if (auth.realm === undefined && !/^\S+@[^\s@]+$/.test(auth.username)) {
    throw refusal("auth.username must name its realm, as in 'root@pam', or auth.realm must be given")
  }
  return createLazySession(async () => {
    const { createTicketSession } = await import('./auth-ticket.js')
    return createTicketSession(auth, { sender, now: () => performance.now() })
  })
}

/** Origin of the endpoint's URL; a path of the API behind it is tolerated. */
function originOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol !== 'https:') throw refusal("url must look like 'https://pve1.example.com:8006'")
  if (parsed.username !== '' || parsed.password !== '') throw refusal('credentials belong in auth, not in the url')
  if (!/^\/(?:api2(?:\/json)?\/?)?$/.test(parsed.pathname) || parsed.search !== '' || parsed.hash !== '') {
    throw refusal('url must name the endpoint only: scheme, host and port')
  }
  return parsed.origin
}

function groupByNode(upids: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>()
  for (const upid of upids) {
    const { node } = parseUpid(upid)
    const group = groups.get(node)
    if (group === undefined) groups.set(node, [upid])
    else group.push(upid)
  }
  return groups
}

function unreachable(upids: readonly string[], error: unknown): ReadonlyMap<string, TaskState> {
  return new Map(upids.map((upid): [string, TaskState] => [upid, { state: 'unreachable', error }]))
}
