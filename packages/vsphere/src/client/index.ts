export type { Secret } from '@dcm/wire/secret'
export type { ManagedTypeFacts, MethodFacts } from '../generated/managed-type-facts.js'
export { createVsphereClient, type ReadOptions, type VsphereClient } from './client.js'
export type { VsphereAuth, VsphereClientOptions } from './client-options.js'
export { type DatastoreFile, datastorePath, datastoreUrl } from './datastore-path.js'
export {
  type FaultCause,
  isFault,
  VsphereError,
  type VsphereErrorFields,
  type VsphereErrorKind,
  type VsphereOutcome,
} from './error.js'
export type { CallLimits } from './exchange.js'
export type { CallArguments, MethodArguments, MethodName, MethodResult, TaskOutcome } from './method-types.js'
export type { LoginEvent } from './observe.js'
export type { OvfExport, OvfExported, OvfExportedFile, OvfExportOptions } from './ovf/export-ovf.js'
export type { OvfImport, OvfImportOptions } from './ovf/import-ovf.js'
export type { OvfProperty, OvfSummary } from './ovf/parse-ovf.js'
export type { ManagedType, PropertyAt, Retrieved, ValidPath, WatchEvent } from './property-path.js'
export { type ManagedObjectReference, reference, referenceKey } from './reference.js'
export type { RestArguments, RestKey, RestParameters, RestResult } from './rest/rest-types.js'
export type { ItemUpload, ItemUploadOptions } from './rest/upload-item.js'
export type { MissingPath, RetrieveOptions } from './retrieve.js'
export type { TaskProgress, TaskWaitOptions } from './task-wait.js'
export type { Download, DownloadOptions, OpenedFile, TransferOptions, UploadOptions } from './transfer.js'
export type { TransferProgress, UploadData } from './upload-data.js'
export type { NestedChange, WatchOptions } from './watch.js'
