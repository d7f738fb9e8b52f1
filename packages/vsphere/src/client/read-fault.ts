import type { NamedContent, SoapFault } from '@dcm/wire/xml'
import type { LocalizedMethodFault, MethodFault } from '../generated/shared/core.js'
import { loadSchema, type VimSchema } from './codec.js'
import { decodeLater, isUnknown } from './decode-later.js'
import { type FaultCause, VsphereError } from './error.js'
import { classifyFault } from './fault-kinds.js'

/** Where a fault came from. */
export interface FaultContext {
  readonly host: string
  readonly operation: string
  readonly operationId?: string | undefined
  readonly object?: string | undefined
  readonly status?: number | undefined
  readonly task?: string | undefined
  /** The call only looks: whatever it is refused with, nothing was changed. */
  readonly looks?: boolean | undefined
  /** Takes secrets out of texts of the server. */
  readonly redact: (text: string) => string
}

/** How deep chains of causes are followed. */
const maxCauses = 16

/** The schema that knows all faults. */
export function faultSchema(): Promise<VimSchema> {
  return loadSchema(['faults'])
}

/** The error that a SOAP fault is; its schema is that of `faultSchema`. */
export async function errorOfSoapFault(fault: SoapFault, context: FaultContext): Promise<VsphereError> {
  const schema = await faultSchema()
  const content = fault.detail?.content
  const detail = content === undefined ? undefined : resolve(schema, content.value)
  const names = detail === undefined ? [nameOf(content)] : namesOf(schema, detail)
  return faultError(schema, names, detail, fault.faultstring, context)
}

/** The error that a fault inside an answer is: of a task that failed, of a property that is missing. */
export async function errorOfMethodFault(fault: LocalizedMethodFault, context: FaultContext): Promise<VsphereError> {
  const schema = await faultSchema()
  const detail = resolve(schema, fault.fault)
  return faultError(schema, namesOf(schema, detail), detail, fault.localizedMessage, context)
}

/** The element of a fault has the name of its type and `Fault`. */
function nameOf(content: NamedContent | undefined): string {
  return content?.name.replace(/Fault$/, '') ?? 'MethodFault'
}

/** A fault that was read by a schema without faults, or whose type name has an ending too many, read anew. */
function resolve(schema: VimSchema, value: unknown): unknown {
  if (!isUnknown(value)) return value
  const key = [value.typeName, value.typeName.replace(/Fault$/, '')].find((name) => hasType(schema, name))
  if (key === undefined) return value
  return decodeLater(schema, value.raw, key)
}

function hasType(schema: VimSchema, name: string): boolean {
  return schema.parts.some(({ types }) => Object.hasOwn(types, name))
}

/** The type of a fault and what it extends, most specific first. */
function namesOf(schema: VimSchema, fault: unknown): string[] {
  const names: string[] = []
  let name = isUnknown(fault) ? fault.typeName : typeOf(fault)
  while (name !== undefined && !names.includes(name)) {
    names.push(name)
    name = baseOf(schema, name)
  }
  return names.length === 0 ? ['MethodFault'] : names
}

function typeOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('_type' in value)) return undefined
  return typeof value._type === 'string' ? value._type : undefined
}

function baseOf(schema: VimSchema, name: string): string | undefined {
  for (const { types } of schema.parts) {
    if (Object.hasOwn(types, name)) return /(?:^|\s)<(\S+)/.exec(types[name] ?? '')?.[1]
  }
  return undefined
}

function faultError(
  schema: VimSchema,
  names: readonly string[],
  fault: unknown,
  text: string | undefined,
  context: FaultContext,
): VsphereError {
  const { kind, retryable } = classifyFault(names)
  const causes = causesOf(schema, fault, context)
  const said = [text, ...causes.flatMap(({ messages }) => messages)].find((each) => each !== undefined && each !== '')
  const details = detailsOf(fault)
  const what = [names[0], ...(details === '' ? [] : [`(${details})`])].join(' ')
  const message = said === undefined ? what : `${what}: ${context.redact(said)}`
  const refused =
    context.looks === true ||
    ['unauthenticated', 'permission-denied', 'validation', 'not-found', 'unsupported'].includes(kind)
  return new VsphereError({
    kind,
    message: `${context.operation}: ${message}`,
    outcome: refused && context.task === undefined ? 'not-started' : 'failed',
    retryable: retryable === true,
    host: context.host,
    operation: context.operation,
    operationId: context.operationId,
    object: context.object,
    status: context.status,
    task: context.task,
    faultNames: names,
    fault,
    causes,
    privilege: stringIn(fault, 'privilegeId'),
  })
}

function causesOf(schema: VimSchema, fault: unknown, context: FaultContext): FaultCause[] {
  const causes: FaultCause[] = []
  let current: unknown = fault
  let text: string | undefined
  while (current !== undefined && causes.length < maxCauses) {
    const resolved = resolve(schema, current)
    const known = partOf(resolved)
    const messages = [text, ...(known?.faultMessage ?? []).map(({ message }) => message)]
      .filter((each) => each !== undefined && each !== '')
      .map((each) => context.redact(each as string)) // filtered above
    causes.push({ name: namesOf(schema, resolved)[0] ?? 'MethodFault', messages })
    current = known?.faultCause?.fault
    text = known?.faultCause?.localizedMessage
  }
  return causes
}

type KnownFault = Partial<Pick<Exclude<MethodFault, { _type: '$unknown' }>, 'faultCause' | 'faultMessage'>>

function partOf(fault: unknown): KnownFault | undefined {
  if (isUnknown(fault) || typeof fault !== 'object' || fault === null) return undefined
  return fault // every fault has these two properties, by the schema
}

/** The simple values of a fault that say most. */
const telling = [
  'name',
  'invalidProperty',
  'property',
  'privilegeId',
  'existingState',
  'requestedState',
  'method',
  'reason',
  'file',
  'path',
]

function detailsOf(fault: unknown): string {
  return telling
    .flatMap((name) => {
      const value = stringIn(fault, name)
      return value === undefined || value === '' ? [] : [`${name} ${value}`]
    })
    .join(', ')
}

function stringIn(value: unknown, name: string): string | undefined {
  if (isUnknown(value) || typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  const found = (value as Readonly<Record<string, unknown>>)[name] // its own property
  return typeof found === 'string' ? found : undefined
}
