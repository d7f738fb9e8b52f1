import type { XmlInput } from '@dcm/wire/xml'
import type { Vim25Methods } from '../../generated/types.js'
import type { VsphereSimulatorOptions } from '../options.js'
import type { Session, Sessions } from '../sessions/sessions.js'
import type { TaskBoard } from '../tasks/task-board.js'
import type { ManagedObject, ManagedTypeName, Ref } from '../world/managed-object.js'
import type { World } from '../world/world.js'

export type MethodName = keyof Vim25Methods & string
export type Request<Name extends MethodName> = Vim25Methods[Name]['request']

/** What was asked for when the simulator was started, with the secrets that it chose. */
export type CallOptions = VsphereSimulatorOptions & {
  readonly username: string
  readonly password: string
  /** ID of the SAML token that lets somebody in. */
  readonly tokenId: string
  readonly guestLogin: { readonly username: string; readonly password: string }
}

/** A call that was let in. */
export interface Call {
  readonly world: World
  readonly sessions: Sessions
  readonly tasks: TaskBoard
  readonly options: CallOptions
  /** Undefined only for the calls that need none. */
  readonly caller: Session | undefined
  /** The session of a call that needs one. */
  readonly session: Session
  readonly method: string
  readonly self: Ref
  readonly userAgent: string
  /** ID of the SAML assertion that came along. */
  readonly assertionId: string | undefined
  /** The object that the method is called on. Throws where it is of another type. */
  target<Type extends ManagedTypeName>(type: Type): ManagedObject<Type>
  /** Sends a cookie with the answer; an empty one ends it. */
  setCookie(token: string): void
}

type Answer<Name extends MethodName> = XmlInput<Vim25Methods[Name]['result']>

/** One method of the API. */
export type Handler<Name extends MethodName> = (
  call: Call,
  request: Request<Name>,
) => Answer<Name> | Promise<Answer<Name>>

/** Methods by name; where several types have one of that name, the handler looks at its target. */
export type Handlers = { readonly [Name in MethodName]?: Handler<Name> }
