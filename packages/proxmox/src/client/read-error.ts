import { classifyRefusedParameters, classifyText, type TextClass } from './classify.js'
import { ProxmoxError, type ProxmoxOutcome } from './error.js'
import { redact } from './redact.js'

/** What an answer with an error status consists of. */
export interface ErrorAnswer {
  readonly status: number
  readonly reason: string
  /** Text, or JSON that is parsed already. */
  readonly body: unknown
  readonly host: string
  readonly operation: string
  /** Node named in the call's path. */
  readonly node?: string | undefined
  /** Values that must not appear in the error. */
  readonly secrets?: readonly string[]
}

/**
 * The error that an answer of status 300 or above means. Text is looked for in the JSON `message` (since
 * pve-http-server 5.2.0), then `errors`, then the reason phrase, then a plain body.
 */
export function readError(answer: ErrorAnswer): ProxmoxError {
  const secrets = answer.secrets ?? []
  const body = readBody(answer.body)
  const reason = clean(redact(answer.reason, secrets))
  const errors = body.errors && mapValues(body.errors, (text) => clean(redact(text, secrets)))
  const text = clean(redact(body.message ?? '', secrets)) || reason || clean(redact(body.plain, secrets))
  const read = answer.operation.startsWith('GET ')
  const { kind, retryable } = classify(answer.status, text, errors)
  const permission = kind === 'permission-denied' ? /\((\/[^,()]*), ([\w.|]+)\)/.exec(text) : null
  return new ProxmoxError({
    kind,
    message: messageOf(answer, text, errors),
    outcome: read ? 'not-started' : outcomeOf(answer.status),
    retryable: retryable && (read || outcomeOf(answer.status) !== 'unknown'),
    host: answer.host,
    operation: answer.operation,
    status: answer.status,
    reason: reason === '' ? undefined : reason,
    errors,
    path: permission?.[1],
    privileges: permission?.[2]?.split('|'),
    node: answer.node,
  })
}

/** Text of an error or a task's exit without trailing white space and Perl's "at FILE line N." tail. */
export function clean(text: string): string {
  return text
    .trim()
    .replace(/ at \/\S+ line \d+(?:, <\S+> (?:line|chunk) \d+)?\.?$/, '')
    .trim()
}

function classify(status: number, text: string, errors: Readonly<Record<string, string>> | undefined): TextClass {
  if (status === 400) return errors ? classifyRefusedParameters(errors) : (classifyText(text) ?? validation)
  if (status === 401) return { kind: 'unauthenticated', retryable: false }
  if (status === 403) return { kind: 'permission-denied', retryable: false }
  if (status === 404) return { kind: 'not-found', retryable: false }
  if (status === 501) return / not implemented$/.test(text) ? { kind: 'unsupported', retryable: false } : validation
  if (status >= 595 && status <= 599) return { kind: 'node-unreachable', retryable: true }
  if (status === 429 || (status >= 502 && status <= 504)) return { kind: 'unreachable', retryable: true }
  if (status === 500) return classifyText(text) ?? { kind: 'internal', retryable: false }
  return { kind: 'protocol', retryable: false }
}

const validation: TextClass = { kind: 'validation', retryable: false }

/** For writes. A 595 means that the connection to the other node could not even be made. */
function outcomeOf(status: number): ProxmoxOutcome {
  if (status === 595 || status < 500 || status === 501 || status === 506) return 'not-started'
  if (status === 500) return 'failed'
  return 'unknown'
}

function messageOf(answer: ErrorAnswer, text: string, errors: Readonly<Record<string, string>> | undefined): string {
  const { status, operation, host, node } = answer
  if (status >= 595 && status <= 599) {
    const behind = node === undefined ? 'another node' : `node '${node}'`
    const hint =
      status === 596
        ? '; use short node names, and check the certificates between the nodes and the load of that node'
        : ''
    return `${operation}: ${host} answers but cannot reach ${behind} (${status} ${text || 'no reason given'})${hint}`
  }
  if (status === 401) return `${operation}: ${host} refused the credentials (${text || 'no reason given'})`
  const details = errors === undefined ? '' : ` ${describe(errors)}`
  return `${operation}: ${text || `status ${status} without a text`}${details}`
}

function describe(errors: Readonly<Record<string, string>>): string {
  return Object.entries(errors)
    .map(([name, reason]) => `${name}: ${reason}`)
    .join('; ')
}

interface ErrorBody {
  readonly message?: string
  readonly errors?: Readonly<Record<string, string>>
  readonly plain: string
}

function readBody(body: unknown): ErrorBody {
  const parsed = typeof body === 'string' ? parseObject(body) : body
  if (!isRecord(parsed)) return { plain: typeof body === 'string' ? body.slice(0, 500) : '' }
  const { message, errors } = parsed
  return {
    plain: '',
    ...(typeof message === 'string' ? { message } : {}),
    ...(isRecord(errors) ? { errors: mapValues(errors, String) } : {}),
  }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  if (!text.trimStart().startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Goes by fromEntries, which defines properties: a name such as `__proto__` stays data. */
function mapValues<From>(record: Readonly<Record<string, From>>, map: (value: From) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]))
}
