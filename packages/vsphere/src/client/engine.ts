import { type Caller, createCaller } from './caller.js'
import type { VsphereClientOptions } from './client-options.js'
import { createConnection } from './connection.js'
import { VsphereError } from './error.js'
import type { CallLimits } from './exchange.js'
import { createLazyRest, type LazyRest } from './lazy-rest.js'
import { createLazyTasks, type LazyTasks } from './lazy-tasks.js'
import { type ManagedObjectReference, referenceKey } from './reference.js'
import { type RetrieveOptions, type Row, readObjects, retrieve } from './retrieve.js'
import { createSession, type Session } from './session.js'
import type { Download, DownloadOptions, OpenedFile, TransferOptions, UploadOptions } from './transfer.js'
import type { UploadData } from './upload-data.js'
import type { RawWatchEvent, WatchOptions } from './watch.js'

/** What a client does, with methods and paths as texts. Its code is loaded by the first call. */
export interface Engine extends Pick<Caller, 'call'>, Pick<LazyTasks, 'run' | 'wait'> {
  readonly session: Session
  readonly rest: LazyRest
  /** Rows come as many at a time as have arrived. */
  retrieve(
    type: string,
    paths: readonly string[],
    options?: RetrieveOptions,
  ): AsyncGenerator<readonly Row[], void, undefined>
  read(object: ManagedObjectReference, paths: readonly string[], limits?: CallLimits): Promise<Row>
  readMany(
    objects: readonly ManagedObjectReference[],
    paths: readonly string[],
    options?: Pick<RetrieveOptions, 'missing' | 'pageSize' | keyof CallLimits>,
  ): AsyncGenerator<readonly Row[], void, undefined>
  watch(type: string, paths: readonly string[], options?: WatchOptions): AsyncGenerator<RawWatchEvent, void, undefined>
  download(url: string, options?: DownloadOptions): Promise<Download>
  open(url: string, options?: TransferOptions): Promise<OpenedFile>
  upload(url: string, data: UploadData, options?: UploadOptions): Promise<void>
  close(): Promise<void>
}

export function createEngine(origin: string, options: VsphereClientOptions): Engine {
  const connection = createConnection(origin, options)
  const session = createSession(connection, options)
  const caller = createCaller(connection, session)
  const tasks = createLazyTasks(caller)
  const rest = createLazyRest(connection, options.auth, upload)
  const closing = new AbortController()

  async function read(object: ManagedObjectReference, paths: readonly string[], limits: CallLimits = {}): Promise<Row> {
    for await (const [row] of readObjects(caller, [object], paths, limits)) if (row !== undefined) return row
    const key = referenceKey(object)
    throw new VsphereError({
      kind: 'not-found',
      message: `there is no ${key}`,
      outcome: 'not-started',
      retryable: false,
      host: connection.host,
      object: key,
    })
  }

  async function* watch(
    type: string,
    paths: readonly string[],
    limits: WatchOptions = {},
  ): AsyncGenerator<RawWatchEvent, void, undefined> {
    const { watch: follow } = await import('./watch.js')
    const signal = limits.signal === undefined ? closing.signal : AbortSignal.any([closing.signal, limits.signal])
    yield* follow(caller, type, paths, { ...limits, signal })
  }

  async function upload(url: string, data: UploadData, limits: UploadOptions = {}): Promise<void> {
    const transfer = await import('./transfer.js')
    return transfer.upload(connection, session, url, data, limits)
  }

  async function close(): Promise<void> {
    closing.abort()
    tasks.close()
    await Promise.all([session.close(), rest.close()])
    await connection.close()
  }

  return {
    session,
    rest,
    call: caller.call,
    run: tasks.run,
    wait: tasks.wait,
    retrieve: (type, paths, limits = {}) => retrieve(caller, type, paths, limits),
    read,
    readMany: (objects, paths, limits = {}) => readObjects(caller, objects, paths, limits),
    watch,
    download: async (url, limits = {}) => {
      const { download } = await import('./transfer.js')
      return download(connection, session, url, limits)
    },
    open: async (url, limits = {}) => {
      const { open } = await import('./transfer.js')
      return open(connection, session, url, limits)
    },
    upload,
    close,
  }
}
