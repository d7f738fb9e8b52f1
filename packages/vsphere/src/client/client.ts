import type { ServiceContent } from '../generated/service-instance.js'
import type { VsphereClientOptions } from './client-options.js'
import { closedError } from './closed-error.js'
import type { Engine } from './engine.js'
import { refusal } from './error.js'
import type { CallLimits } from './exchange.js'
import type { CallArguments, MethodName, MethodResult, TaskOutcome } from './method-types.js'
import type { OvfExport, OvfExported, OvfExportOptions } from './ovf/export-ovf.js'
import type { OvfImport, OvfImportOptions } from './ovf/import-ovf.js'
import type { OvfSummary } from './ovf/parse-ovf.js'
import type { ManagedType, Retrieved, ValidPath, WatchEvent } from './property-path.js'
import type { ManagedObjectReference } from './reference.js'
import type { RestArguments, RestKey, RestResult } from './rest/rest-types.js'
import type { ItemUpload, ItemUploadOptions } from './rest/upload-item.js'
import type { MissingPath, RetrieveOptions } from './retrieve.js'
import type { TaskWaitOptions } from './task-wait.js'
import type { Download, DownloadOptions, OpenedFile, TransferOptions, UploadOptions } from './transfer.js'
import type { UploadData } from './upload-data.js'
import type { WatchOptions } from './watch.js'

/** Options of reading objects that are known by their references. */
export type ReadOptions = Pick<RetrieveOptions, 'missing' | 'pageSize' | keyof CallLimits>

/** A typed client of one vCenter or ESXi host. Everything it throws is a {@link VsphereError}. */
export interface VsphereClient {
  /** host:port of the endpoint. */
  readonly host: string

  /**
   * Calls a method of an object. Those whose name ends in `_Task` answer as soon as the server has accepted the work.
   * A session that has ended is renewed and the call sent again; a call whose answer was lost is not repeated.
   */
  call<Name extends MethodName>(
    object: ManagedObjectReference,
    method: Name,
    ...rest: CallArguments<Name>
  ): Promise<MethodResult<Name>>

  /**
   * Starts the work of a method with a task and waits for its end: gives what the task gives, throws its fault. All waits of a
   * client share one long poll.
   */
  run<Name extends MethodName>(
    object: ManagedObjectReference,
    method: Name & ([TaskOutcome<NoInfer<Name>>] extends [never] ? `${Name} has no task: use call` : Name),
    ...rest: CallArguments<Name, CallLimits & TaskWaitOptions>
  ): Promise<TaskOutcome<Name>>

  /** Tasks that were started before, perhaps by another process. */
  readonly tasks: {
    /** Waits for a task's end and gives its result. Errors: the task's fault, `task-lost`. */
    wait(task: ManagedObjectReference, options?: TaskWaitOptions): Promise<unknown>
  }

  /**
   * Objects of a type and their changes, until the loop is left or the signal aborts. When the session ends or the server forgets
   * where we were, `reset` comes and everything is told anew.
   */
  watch<Type extends ManagedType, const Path extends string>(
    type: Type,
    paths: readonly (Path & ValidPath<Type, NoInfer<Path>>)[],
    options?: WatchOptions,
  ): AsyncGenerator<WatchEvent<Type, Path>, void, undefined>

  /** All objects of a type with these properties and no others, page by page as they are consumed. */
  retrieve<Type extends ManagedType, const Path extends string>(
    type: Type,
    paths: readonly (Path & ValidPath<Type, NoInfer<Path>>)[],
    options?: RetrieveOptions & { readonly missing?: 'fail' },
  ): AsyncGenerator<Retrieved<Type, Path>, void, undefined>
  /** With properties that may be missing for lack of rights. */
  retrieve<Type extends ManagedType, const Path extends string>(
    type: Type,
    paths: readonly (Path & ValidPath<Type, NoInfer<Path>>)[],
    options: RetrieveOptions & { readonly missing: 'allow' },
  ): AsyncGenerator<Retrieved<Type, Path, undefined> & { readonly missing: readonly MissingPath[] }, void, undefined>

  /** Properties of one object. Error: `not-found`. */
  read<Type extends ManagedType, const Path extends string>(
    object: ManagedObjectReference,
    type: Type,
    paths: readonly (Path & ValidPath<Type, NoInfer<Path>>)[],
    options?: CallLimits,
  ): Promise<Retrieved<Type, Path>>

  /** Properties of objects of one type, in as few calls as pages. Objects that are gone are left out. */
  readMany<Type extends ManagedType, const Path extends string>(
    objects: readonly ManagedObjectReference[],
    type: Type,
    paths: readonly (Path & ValidPath<Type, NoInfer<Path>>)[],
    options?: ReadOptions & { readonly missing?: 'fail' },
  ): AsyncGenerator<Retrieved<Type, Path>, void, undefined>
  /** With properties that may be missing for lack of rights. */
  readMany<Type extends ManagedType, const Path extends string>(
    objects: readonly ManagedObjectReference[],
    type: Type,
    paths: readonly (Path & ValidPath<Type, NoInfer<Path>>)[],
    options: ReadOptions & { readonly missing: 'allow' },
  ): AsyncGenerator<Retrieved<Type, Path, undefined> & { readonly missing: readonly MissingPath[] }, void, undefined>

  /** The REST services of a vCenter: tags and content libraries. A session of their own opens with the first call. */
  readonly rest: {
    /**
     * Runs one call, by its method and its path below `/api`; servers that are older than 7.0 U2 are asked below `/rest`, with the
     * same parameters and results. A result that tells of failures is thrown as an error. An ESXi host has none: `unsupported`.
     */
    request<Key extends RestKey>(key: Key, ...rest: RestArguments<Key>): Promise<RestResult<Key>>

    /** Fills an item of a content library with files; it is complete, or as it was before. */
    uploadItem(upload: ItemUpload, options?: ItemUploadOptions): Promise<void>
  }

  /**
   * The file behind a URL that the server gave, as `InitiateFileTransferFromGuest` does. `*` as its host stands for the endpoint,
   * to which alone the session's cookie is sent.
   */
  download(url: string, options?: DownloadOptions): Promise<Download>

  /** The same for files of any size: they are read as they come. */
  open(url: string, options?: TransferOptions): Promise<OpenedFile>

  /**
   * Puts a file where such a URL leads, or that of `datastoreUrl`. A stream is read once and not sent again; what it throws itself
   * is thrown as it is.
   */
  upload(url: string, data: UploadData, options?: UploadOptions): Promise<void>

  /**
   * Makes a VM of an OVF descriptor and its files and gives its reference (that of a vApp, where the descriptor has several). On
   * failure, or when the signal aborts, nothing of it stays.
   */
  importOvf(order: OvfImport, options?: OvfImportOptions): Promise<ManagedObjectReference>

  /**
   * Hands the files of a stopped VM or vApp over as streams, with progress, and gives the descriptor and a manifest for them. Native
   * calls: ExportVm or ExportVApp, HttpNfcLeaseProgress, -Complete or -Abort, CreateDescriptor.
   */
  exportOvf(order: OvfExport, options?: OvfExportOptions): Promise<OvfExported>

  /** What a descriptor needs before an import: networks, properties, files, sizes, agreements. Native call: ParseDescriptor. */
  parseOvf(
    descriptor: string,
    options?: { readonly deploymentOption?: string; readonly signal?: AbortSignal },
  ): Promise<OvfSummary>

  /** Root folder, managers and what the server is. Known without a login; asked for once. */
  serviceContent(): Promise<ServiceContent>

  /** The API version in use; undefined where the server does not tell its versions. */
  apiVersion(): Promise<string | undefined>

  /** The session's cookie, a secret: for other services of the server, or for a client with `auth: { sessionCookie }`. */
  sessionCookie(): Promise<string>

  /** Takes the secrets that this client has logged in with out of a text, such as one that the server says of a fault. */
  redact(text: string): string

  /** Ends waits (tasks go on), logs out, and closes the connections. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Makes a client. No I/O: the first call connects and logs in, and loads the code for it. */
export function createVsphereClient(options: VsphereClientOptions): VsphereClient {
  const origin = originOf(options.url)
  const { host } = new URL(origin)
  let loading: Promise<Engine> | undefined
  let loaded: Engine | undefined
  let closed = false

  function engine(): Promise<Engine> {
    if (closed && loading === undefined) return Promise.reject(closedError(host))
    loading ??= import('./engine.js').then(({ createEngine }) => {
      loaded = createEngine(origin, options)
      return loaded
    })
    return loading
  }

  /** A list that begins with the first item that is asked for. */
  async function* listed<Item>(open: (engine: Engine) => AsyncIterable<Item>): AsyncGenerator<Item, void, undefined> {
    yield* open(await engine())
  }

  /** The same of rows that come several at a time. */
  async function* rowsOf<Row>(
    open: (engine: Engine) => AsyncIterable<readonly Row[]>,
  ): AsyncGenerator<Row, void, undefined> {
    for await (const rows of open(await engine())) for (const row of rows) yield row
  }

  async function close(): Promise<void> {
    closed = true
    await (await loading?.catch(() => undefined))?.close() // an engine that never came to be has nothing to close
  }

  const client = {
    host,
    call: async (...args: Parameters<Engine['call']>) => (await engine()).call(...args),
    run: async (...args: Parameters<Engine['run']>) => (await engine()).run(...args),
    tasks: { wait: async (...args: Parameters<Engine['wait']>) => (await engine()).wait(...args) },
    watch: (...args: Parameters<Engine['watch']>) => listed((ready) => ready.watch(...args)),
    retrieve: (...args: Parameters<Engine['retrieve']>) => rowsOf((ready) => ready.retrieve(...args)),
    read: async (object: ManagedObjectReference, _type: string, paths: readonly string[], limits?: CallLimits) =>
      (await engine()).read(object, paths, limits),
    readMany: (
      objects: readonly ManagedObjectReference[],
      _type: string,
      paths: readonly string[],
      limits?: ReadOptions,
    ) => rowsOf((ready) => ready.readMany(objects, paths, limits)),
    rest: {
      request: async (...args: Parameters<Engine['rest']['request']>) => (await engine()).rest.request(...args),
      uploadItem: async (...args: Parameters<Engine['rest']['uploadItem']>) =>
        (await engine()).rest.uploadItem(...args),
    },
    download: async (...args: Parameters<Engine['download']>) => (await engine()).download(...args),
    open: async (...args: Parameters<Engine['open']>) => (await engine()).open(...args),
    upload: async (...args: Parameters<Engine['upload']>) => (await engine()).upload(...args),
    importOvf: async (order: OvfImport, limits?: OvfImportOptions) => {
      const { importOvf } = await import('./ovf/import-ovf.js')
      return importOvf(typed, order, limits)
    },
    exportOvf: async (order: OvfExport, limits?: OvfExportOptions) => {
      const { exportOvf } = await import('./ovf/export-ovf.js')
      return exportOvf(typed, order, limits)
    },
    parseOvf: async (...args: Parameters<VsphereClient['parseOvf']>) => {
      const { parseOvf } = await import('./ovf/parse-ovf.js')
      return parseOvf(typed, ...args)
    },
    serviceContent: async () => (await (await engine()).session.describe()).content,
    apiVersion: async () => (await (await engine()).session.describe()).apiVersion,
    sessionCookie: async () => (await (await engine()).session.current()).cookie,
    redact: (text: string) => loaded?.session.redact(text) ?? text,
    close,
    [Symbol.asyncDispose]: close,
  }
  // The implementation knows methods and paths as texts; their types stand on the interface alone.
  const typed = client as unknown as VsphereClient
  return typed
}

/** Origin of the endpoint's URL; the path of the API behind it is tolerated. */
function originOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol !== 'https:') throw refusal("url must look like 'https://vcenter.example.com'")
  if (parsed.username !== '' || parsed.password !== '') throw refusal('credentials belong in auth, not in the url')
  if (!/^\/(?:sdk\/?)?$/.test(parsed.pathname) || parsed.search !== '' || parsed.hash !== '') {
    throw refusal('url must name the endpoint only: scheme, host and port')
  }
  return parsed.origin
}
