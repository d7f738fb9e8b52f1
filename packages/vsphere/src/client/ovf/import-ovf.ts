import type { HttpNfcLeaseDeviceUrl } from '../../generated/http-nfc-lease.js'
import type { OvfFileItem } from '../../generated/ovf-manager.js'
import type { VsphereClient } from '../client.js'
import { refusal } from '../error.js'
import type { ManagedObjectReference } from '../reference.js'
import { sizeOf, type TransferProgress, type UploadData } from '../upload-data.js'
import { abortLease, startPulse, waitForLease } from './lease.js'
import { refuseErrors, textOf } from './refuse.js'

export interface OvfImport {
  /** The text of the `.ovf` file. */
  readonly descriptor: string
  /** Of the VM or vApp. */
  readonly name: string
  readonly pool: ManagedObjectReference
  readonly datastore: ManagedObjectReference
  /** Folder for VMs; needed by a vCenter. */
  readonly folder?: ManagedObjectReference
  readonly host?: ManagedObjectReference
  /** Networks by the names that the descriptor gives them. */
  readonly networks?: Readonly<Record<string, ManagedObjectReference>>
  readonly properties?: Readonly<Record<string, string>>
  readonly deploymentOption?: string
  readonly diskProvisioning?: 'thin' | 'thick' | 'eagerZeroedThick'
  /** Opens a file that the descriptor names, as `disk1.vmdk`. Asked for one after another. */
  file(path: string): UploadData | Promise<UploadData>
}

export interface OvfImportOptions {
  readonly signal?: AbortSignal | undefined
  /** Of all files together. `total` grows where the descriptor does not tell sizes. */
  readonly onProgress?: ((progress: TransferProgress) => void) | undefined
  /** What the server finds strange and imports all the same. */
  readonly onWarning?: ((message: string) => void) | undefined
}

const operation = 'ImportVApp'

/**
 * Makes a VM of an OVF descriptor and its files, over a lease. On failure, or when the signal aborts, the lease is aborted: the
 * server then removes what it had made.
 */
export async function importOvf(
  client: VsphereClient,
  order: OvfImport,
  options: OvfImportOptions = {},
): Promise<ManagedObjectReference> {
  const { signal } = options
  const { ovfManager } = await client.serviceContent()
  if (ovfManager === undefined) throw refusal('the server imports no OVF files', operation)
  const { importSpec, fileItem, warning, error } = await client.call(
    ovfManager,
    'CreateImportSpec',
    {
      ovfDescriptor: order.descriptor,
      resourcePool: order.pool,
      datastore: order.datastore,
      cisp: paramsOf(order),
    },
    { signal },
  )
  await refuseErrors(client, 'CreateImportSpec', error)
  for (const each of warning) options.onWarning?.(textOf(each))
  if (importSpec === undefined) throw refusal('the server makes nothing of this descriptor', operation)
  const { folder, host } = order
  const lease = await client.call(order.pool, operation, { spec: importSpec, folder, host }, { signal })
  try {
    const { entity, deviceUrl, leaseTimeout } = await waitForLease(client, lease, operation, signal)
    const pulse = startPulse(client, lease, leaseTimeout)
    try {
      const ends = signal === undefined ? pulse.lost : AbortSignal.any([signal, pulse.lost])
      const total = totalOf(fileItem)
      await sendFiles(client, order, fileItem, deviceUrl, ends, (bytes, sizes) => {
        const progress = { bytes, total: Math.max(total, sizes) }
        pulse.progress(Math.min(99, Math.floor((100 * progress.bytes) / Math.max(1, progress.total))))
        options.onProgress?.(progress)
      })
    } catch (failure) {
      throw pulse.lost.aborted ? pulse.lost.reason : failure
    } finally {
      pulse.stop()
    }
    await client.call(lease, 'HttpNfcLeaseComplete', {}, { signal })
    return entity
  } catch (failure) {
    await abortLease(client, lease)
    throw failure
  }
}

function paramsOf({ name, host, networks, properties, deploymentOption, diskProvisioning }: OvfImport) {
  return {
    _type: 'OvfCreateImportSpecParams' as const,
    locale: '',
    deploymentOption: deploymentOption ?? '',
    entityName: name,
    ...(host !== undefined && { hostSystem: host }),
    ...(diskProvisioning !== undefined && { diskProvisioning }),
    networkMapping: Object.entries(networks ?? {}).map(([key, network]) => ({ name: key, network })),
    propertyMapping: Object.entries(properties ?? {}).map(([key, value]) => ({ key, value })),
  }
}

function totalOf(items: readonly OvfFileItem[]): number {
  return items.reduce((sum, { size = 0 }) => sum + Number(size), 0)
}

async function sendFiles(
  client: VsphereClient,
  order: OvfImport,
  items: readonly OvfFileItem[],
  urls: readonly HttpNfcLeaseDeviceUrl[],
  signal: AbortSignal,
  tell: (bytes: number, sizes: number) => void,
): Promise<void> {
  let before = 0
  for (const item of items) {
    const target = urls.find(({ importKey }) => importKey === item.deviceId)
    if (target === undefined) throw refusal(`the lease has no address for ${item.path}`, operation)
    const data = await order.file(item.path)
    const start = before
    before += sizeOf(data)
    await client.upload(target.url, data, {
      signal,
      fingerprint1: target.sslThumbprint === '' ? undefined : target.sslThumbprint,
      // Disks are converted on their way; everything else is put as it is.
      method: item.create ? 'PUT' : 'POST',
      headers: item.create ? { overwrite: 't' } : { 'content-type': 'application/x-vnd.vmware-streamVmdk' },
      onProgress: ({ bytes }) => tell(start + bytes, before),
    })
  }
}
