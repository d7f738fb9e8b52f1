import type { RawParameters } from '../http/form.js'
import { permissionError } from '../http/platform-error.js'
import type { OperationFacts } from '../schema/parameter-facts.js'
import type { AccessState, Caller } from './accounts.js'
import type { Permissions } from './permissions.js'

export interface CheckContext {
  readonly caller: Caller
  readonly parameters: RawParameters
  readonly permissions: Permissions
  readonly access: AccessState
}

interface PermissionRule {
  readonly user?: string
  readonly check?: unknown
}

type Refusal = { readonly allowed: true } | { readonly allowed: false; readonly detail?: string }

const allowed: Refusal = { allowed: true }

/**
 * Runs the vendor's check tree of an operation (`perm`, `perm-modify`, `userid-param`, `userid-group`, `and`, `or`) and
 * refuses with 403. An operation without a rule is for root@pam alone, and not for its tokens.
 */
export function checkPermission(facts: OperationFacts, context: CheckContext): void {
  // The generator keeps the vendor's tree as data of unknown shape; this is its documented frame.
  const rule = facts.permissions as PermissionRule | undefined
  if (context.caller.identity === 'root@pam') return
  if (rule === undefined || (rule.user === undefined && rule.check === undefined)) {
    throw permissionError('user != root@pam')
  }
  if (rule.user === 'world') return
  if (rule.user === 'all') return
  const outcome = run(rule.check, context)
  if (!outcome.allowed) throw permissionError(outcome.detail)
}

function run(check: unknown, context: CheckContext): Refusal {
  if (!Array.isArray(check)) return { allowed: false }
  const [kind, ...rest]: unknown[] = check
  switch (kind) {
    case 'and':
      return rest.map((inner) => run(inner, context)).find((outcome) => !outcome.allowed) ?? allowed
    case 'or':
      return rest.some((inner) => run(inner, context).allowed) ? allowed : { allowed: false }
    case 'perm':
      return runPerm(rest, context)
    case 'perm-modify':
      return mayModify(pathOf(String(rest[0]), context), context)
    case 'userid-param':
      return runUserParameter(String(rest[0]), context)
    case 'userid-group':
      return runUserGroup(rest, context)
    default:
      return { allowed: false }
  }
}

function runPerm(rest: readonly unknown[], context: CheckContext): Refusal {
  const [template, names, ...options] = rest
  const privileges = Array.isArray(names) ? names.map(String) : []
  const settings = optionsOf(options)
  const required = settings.get('require_param')
  if (required !== undefined && !context.parameters.has(String(required))) return { allowed: false }
  const path = pathOf(String(template), context)
  if (settings.has('any')) {
    return context.permissions.hasAny(context.caller, path, privileges)
      ? allowed
      : { allowed: false, detail: `${path}, ${privileges.join('|')}` }
  }
  const missing = privileges.find((privilege) => !context.permissions.has(context.caller, path, privilege))
  return missing === undefined ? allowed : { allowed: false, detail: `${path}, ${missing}` }
}

function runUserParameter(what: string, context: CheckContext): Refusal {
  const target = String(context.parameters.get('userid') ?? '')
  if (what === 'self') return target === context.caller.user ? allowed : { allowed: false }
  const path = `/access/realm/${target.split('@')[1] ?? ''}`
  return context.permissions.has(context.caller, path, what) ? allowed : { allowed: false, detail: `${path}, ${what}` }
}

function runUserGroup(rest: readonly unknown[], context: CheckContext): Refusal {
  const privileges = Array.isArray(rest[0]) ? rest[0].map(String) : []
  const target = context.access.users.get(String(context.parameters.get('userid') ?? ''))
  const paths = ['/access/groups', ...[...(target?.groups ?? [])].map((group) => `/access/groups/${group}`)]
  return paths.some((path) => context.permissions.hasAny(context.caller, path, privileges))
    ? allowed
    : { allowed: false, detail: `/access/groups, ${privileges.join('|')}` }
}

function mayModify(path: string, context: CheckContext): Refusal {
  const own = path.startsWith('/storage')
    ? 'Datastore.Allocate'
    : path.startsWith('/vms')
      ? 'VM.Allocate'
      : path.startsWith('/pool')
        ? 'Pool.Allocate'
        : 'Permissions.Modify'
  const enough = context.permissions.hasAny(context.caller, path, ['Permissions.Modify', own])
  return enough ? allowed : { allowed: false, detail: `${path}, Permissions.Modify` }
}

function pathOf(template: string, context: CheckContext): string {
  const filled = template.replace(/\{([^}]+)\}/g, (_, name: string) => String(context.parameters.get(name) ?? ''))
  return filled.length > 1 ? filled.replace(/\/+$/, '') : filled
}

/** Options stand behind the privileges as name and value in turn. */
function optionsOf(options: readonly unknown[]): Map<string, unknown> {
  const settings = new Map<string, unknown>()
  for (let index = 0; index < options.length; index += 2) settings.set(String(options[index]), options[index + 1])
  return settings
}
