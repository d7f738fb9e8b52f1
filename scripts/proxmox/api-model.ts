import type { Presence } from './presence.js'
import type { PropertyString, Schema } from './schema.js'

/** What every emitter reads: the document with tasks and overlays applied, parameters flat. */
export interface ApiModel {
  readonly version: string
  readonly operations: readonly ApiOperation[]
  readonly propertyStrings: Readonly<Record<string, PropertyString>>
  readonly presence: Presence
}

export interface ApiOperation {
  readonly key: string
  readonly method: string
  readonly path: string
  /** Every parameter by its native name; indexed ones as `net[n]`. Path parameters come first. */
  readonly parameters: Readonly<Record<string, ApiParameter>>
  /** Shape of the unwrapped answer; `{}` where nobody knows. */
  readonly result: Schema
  readonly task?: TaskFacts
  readonly additionalProperties: boolean
  readonly protected: boolean
  readonly proxyto?: string
  readonly allowtoken: boolean
  readonly download: boolean
  readonly permissions?: unknown
  /** Releases that have the operation, from the oldest. */
  readonly versions: readonly string[]
  /** Where the shape of the answer comes from, if not from the vendor's tree. */
  readonly resultSource?: string
}

export interface ApiParameter {
  readonly schema: Schema
  readonly in: 'path' | 'query' | 'body'
  readonly optional: boolean
}

/** `specs/proxmox/tasks.json`: strings in answers that are task ids, which no API tree tells. */
export interface TaskTable {
  readonly tasks: Readonly<Record<string, TaskFacts>>
  /** Operations that answer with an unmarked string which is no task id, and what it is. */
  readonly notTasks: Readonly<Record<string, string>>
  /** Operations with the task id in the member `upid` of their answer, and its task type. */
  readonly upidMembers: Readonly<Record<string, string>>
}

export interface TaskFacts {
  /** Task types in the UPID; empty where unknown. */
  readonly types: readonly string[]
  readonly evidence: 'recorded' | 'vendor' | 'unverified'
  /** When the answer is null instead of a task id. */
  readonly null?: string
  /** A fixed word that may come instead of a task id. */
  readonly literal?: string
}
