export type { Secret } from '@dcm/wire/secret'
export type { PasswordCredentials } from './auth-ticket.js'
export type { TokenCredentials } from './auth-token.js'
export type { RequestOptions } from './call.js'
export { classifyText, type TextClass } from './classify.js'
export { createProxmoxClient, type ProxmoxClient, type ProxmoxVersion } from './client.js'
export type { ProxmoxAuth, ProxmoxClientOptions } from './client-options.js'
export type { DownloadKey } from './download.js'
export type { ParameterValue } from './encode-form.js'
export { ProxmoxError, type ProxmoxErrorFields, type ProxmoxErrorKind, type ProxmoxOutcome } from './error.js'
export type { Envelope } from './flat-request.js'
export type { LoginEvent } from './observe.js'
export { type PropertyValue, parsePropertyString, writePropertyString } from './property-string.js'
export type {
  OperationKey,
  OperationParameters,
  OperationResult,
  Operations,
  RequestArguments,
  TaskKey,
  Upid,
} from './request-types.js'
export type { FetchLike } from './sender-fetch.js'
export { decodeSshKeys, encodeSshKeys } from './ssh-keys.js'
export type { ProxmoxTask, TaskResult, TaskWaitOptions } from './task.js'
export type { TaskLogLine } from './task-log.js'
export type { TaskProgress } from './task-progress.js'
export type { TaskState } from './task-state.js'
export type { PollInterval } from './task-watcher.js'
export type { OneTimePassword, TfaChallenge } from './tfa.js'
export { isUpid, parseUpid, type UpidParts } from './upid.js'
export type { Upload } from './upload.js'
