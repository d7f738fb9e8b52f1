import type { XmlInput } from '@dcm/wire/xml'
import type { Vim25Methods } from '../generated/types.js'
import type { CallLimits } from './exchange.js'

/** A method of vim25, as in `PowerOnVM_Task`. */
export type MethodName = keyof Vim25Methods & string

/** Its parameters beside the object that it is called on. Lists may be left out. */
export type MethodArguments<Name extends MethodName> = XmlInput<Omit<Vim25Methods[Name]['request'], '_this'>>

/** What it answers; a reference to a task for those whose name ends in `_Task`. */
export type MethodResult<Name extends MethodName> = Vim25Methods[Name]['result']

/** Arguments may be left out where none is required. */
export type CallArguments<Name extends MethodName, Limits = CallLimits> =
  object extends MethodArguments<Name>
    ? [parameters?: MethodArguments<Name>, limits?: Limits]
    : [parameters: MethodArguments<Name>, limits?: Limits]

/** What the task of a method ends with; `never` for a method without task. */
export type TaskOutcome<Name extends MethodName> = Vim25Methods[Name] extends { readonly task: infer Outcome }
  ? Outcome
  : never
