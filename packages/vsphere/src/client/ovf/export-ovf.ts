import { createHash } from 'node:crypto'
import type { HttpNfcLeaseDeviceUrl } from '../../generated/http-nfc-lease.js'
import type { VsphereClient } from '../client.js'
import { refusal, VsphereError } from '../error.js'
import type { MethodArguments } from '../method-types.js'
import type { ManagedObjectReference } from '../reference.js'
import type { TransferProgress } from '../upload-data.js'
import { abortLease, startPulse, waitForLease } from './lease.js'
import { refuseErrors, textOf } from './refuse.js'

export interface OvfExport {
  /** A VM or vApp, stopped. */
  readonly entity: ManagedObjectReference
  /** Name in the descriptor; the names of the files begin with it. */
  readonly name: string
  readonly description?: string
  /** What else goes into the descriptor, as `uuid`, `mac`, `extraconfig`; the server's `ovfExportOption` lists them. */
  readonly exportOptions?: readonly string[]
  /**
   * Takes a file as it comes: nothing is held in memory, and nothing more is fetched than is taken. The stream has to be read to its
   * end. Called for one after another.
   */
  file(file: OvfExportedFile, stream: AsyncIterable<Uint8Array>): Promise<void> | void
}

/** A file of an export. */
export interface OvfExportedFile {
  /** As the descriptor names it: `web-01-disk-0.vmdk`. */
  readonly path: string
  /** A disk, in the form streamVmdk; else another file, such as the NVRAM. */
  readonly isDisk: boolean
}

export interface OvfExportOptions {
  readonly signal?: AbortSignal | undefined
  /** Of all files together. `total` is what the disks can hold, until more has come: their files are mostly smaller. */
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined
  /** What the server finds strange and exports all the same. */
  readonly onWarning?: ((message: string) => void) | undefined
}

export interface OvfExported {
  /** The text of the `.ovf` file, whose name is `path`. */
  readonly descriptor: string
  readonly path: string
  /** The text of the `.mf` file: a SHA-256 digest of the descriptor and of each file. */
  readonly manifest: string
  readonly files: readonly (OvfExportedFile & { readonly size: number; readonly sha256: string })[]
}

/**
 * Streams the files of a VM out over a lease, which is told how far they are, and has the server write the descriptor for them. On
 * failure, or when the signal aborts, the lease is aborted; the files that were taken until then are the caller's to remove.
 */
export async function exportOvf(
  client: VsphereClient,
  order: OvfExport,
  options: OvfExportOptions = {},
): Promise<OvfExported> {
  const { entity } = order
  const { signal } = options
  const { ovfManager } = await client.serviceContent()
  const operation = entity.type === 'VirtualApp' ? 'ExportVApp' : 'ExportVm'
  if (ovfManager === undefined) throw refusal('the server exports no OVF files', operation)
  const lease = await client.call(entity, operation, {}, { signal })
  const fetched: Fetched[] = []
  try {
    const { deviceUrl, leaseTimeout, totalDiskCapacityInKB } = await waitForLease(client, lease, operation, signal)
    const pulse = startPulse(client, lease, leaseTimeout)
    try {
      const ends = signal === undefined ? pulse.lost : AbortSignal.any([signal, pulse.lost])
      const total = Number(totalDiskCapacityInKB) * 1024
      let before = 0
      for (const [index, url] of deviceUrl.entries()) {
        const file = await fetchFile(client, order, url, index, ends, (bytes) => {
          const progress = { bytes: before + bytes, total: Math.max(total, before + bytes) }
          pulse.progress(Math.min(99, Math.floor((100 * progress.bytes) / Math.max(1, progress.total))))
          options.onProgress?.(progress)
        })
        before += file.size
        fetched.push(file)
      }
    } catch (failure) {
      throw pulse.lost.aborted ? pulse.lost.reason : failure
    } finally {
      pulse.stop()
    }
    await client.call(lease, 'HttpNfcLeaseComplete', {}, { signal })
  } catch (failure) {
    await abortLease(client, lease)
    throw failure
  }
  const request = { obj: entity, cdp: paramsOf(order, fetched) }
  const { ovfDescriptor, error, warning } = await client.call(ovfManager, 'CreateDescriptor', request, { signal })
  await refuseErrors(client, 'CreateDescriptor', error)
  for (const each of warning) options.onWarning?.(textOf(each))
  const path = `${fileNameOf(order.name)}.ovf`
  const files = fetched.map(({ deviceId: _deviceId, ...file }) => file)
  const sha256 = createHash('sha256').update(ovfDescriptor).digest('hex')
  const manifest = [{ path, sha256 }, ...files].map((file) => `SHA256(${file.path})= ${file.sha256}\n`).join('')
  return { descriptor: ovfDescriptor, path, manifest, files }
}

type Fetched = OvfExported['files'][number] & { readonly deviceId: string }

async function fetchFile(
  client: VsphereClient,
  order: OvfExport,
  { url, key, targetId, disk, sslThumbprint }: HttpNfcLeaseDeviceUrl,
  index: number,
  signal: AbortSignal,
  tell: (bytes: number) => void,
): Promise<Fetched> {
  const path = `${fileNameOf(order.name)}-${fileNameOf(targetId ?? `file-${index}`)}`
  const file = { path, isDisk: disk ?? false }
  const { stream } = await client.open(url, {
    signal,
    fingerprint1: sslThumbprint === '' ? undefined : sslThumbprint,
  })
  const digest = createHash('sha256')
  let size = 0
  let ended = false
  async function* watched(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of stream) {
      if (signal.aborted) throw aborted(path, signal)
      digest.update(chunk)
      size += chunk.byteLength
      tell(size)
      yield chunk
    }
    ended = true
  }
  await untilAborted(Promise.resolve(order.file(file, watched())), path, signal)
  if (!ended) throw refusal(`${path} was not read to its end`, 'GET of a file')
  return { ...file, deviceId: key, size, sha256: digest.digest('hex') }
}

/** Whoever takes a file may wait for something of its own: the export ends all the same. */
async function untilAborted(work: Promise<void>, path: string, signal: AbortSignal): Promise<void> {
  const stop = new AbortController()
  const end = new Promise<never>((_, reject) => {
    const abort = () => reject(aborted(path, signal))
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true, signal: stop.signal })
  })
  try {
    await Promise.race([work, end])
  } finally {
    stop.abort()
    work.catch(() => undefined) // the abort was told
    end.catch(() => undefined)
  }
}

function aborted(path: string, { reason }: AbortSignal): VsphereError {
  return new VsphereError({
    kind: 'aborted',
    message: `the export was aborted while ${path} was fetched`,
    outcome: 'failed',
    retryable: false,
    operation: 'GET of a file',
    cause: reason,
  })
}

/** Fit for every file system, and for a manifest. */
function fileNameOf(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is taken out
  return name.replace(/[\\/:*?"<>|()\u0000-\u001f\u007f]/g, '_').replace(/^\.+/, '_')
}

function paramsOf({ name, description, exportOptions }: OvfExport, files: readonly Fetched[]) {
  const params: MethodArguments<'CreateDescriptor'>['cdp'] = {
    ovfFiles: files.map(({ deviceId, path, size }) => ({ deviceId, path, size })),
    name,
    ...(description !== undefined && { description }),
    ...(exportOptions !== undefined && { exportOption: exportOptions }),
  }
  return params
}
