import type { VsphereAuth } from './client-options.js'
import { closedError } from './closed-error.js'
import type { Connection } from './connection.js'
import type { CallLimits } from './exchange.js'
import type { Rest } from './rest/rest.js'
import type { ItemUpload, ItemUploadOptions } from './rest/upload-item.js'
import type { UploadOptions } from './transfer.js'
import type { UploadData } from './upload-data.js'

/** The REST services, whose code is loaded by the first call of them. */
export interface LazyRest {
  request(key: string, parameters?: object, limits?: CallLimits): Promise<unknown>
  uploadItem(upload: ItemUpload, options?: ItemUploadOptions): Promise<void>
  close(): Promise<void>
}

type Put = (url: string, data: UploadData, options: UploadOptions) => Promise<void>

export function createLazyRest(connection: Connection, auth: VsphereAuth, put: Put): LazyRest {
  let loading: Promise<Rest> | undefined
  let closed = false

  function rest(): Promise<Rest> {
    if (closed) return Promise.reject(closedError(connection.host))
    loading ??= import('./rest/rest.js').then(({ createRest }) => createRest(connection, auth))
    return loading
  }

  return {
    request: async (key, parameters, limits) => (await rest()).request(key, parameters, limits),
    uploadItem: async (upload, options) => {
      const { uploadItem } = await import('./rest/upload-item.js')
      return uploadItem(await rest(), put, upload, options)
    },
    close: async () => {
      closed = true
      await (await loading)?.close()
    },
  }
}
