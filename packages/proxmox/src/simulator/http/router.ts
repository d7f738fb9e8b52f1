export interface Route {
  /** Method and template, for example `GET /nodes/{node}/qemu/{vmid}/config`. */
  readonly key: string
  /** Decoded values of the path's placeholders. */
  readonly pathParameters: ReadonlyMap<string, string>
}

export interface Router {
  find(method: string, path: string): Route | undefined
}

interface Branch {
  readonly fixed: Map<string, Branch>
  placeholder: { readonly name: string; readonly branch: Branch } | undefined
  readonly keys: Map<string, string>
}

/** Finds the operation of a path. The path is percent-decoded as a whole before it is split, as the platform does. */
export function createRouter(operationKeys: Iterable<string>): Router {
  const root = newBranch()
  for (const key of operationKeys) {
    const [method = '', template = ''] = key.split(' ')
    let branch = root
    for (const part of template.split('/').filter((segment) => segment !== '')) branch = descend(branch, part)
    branch.keys.set(method, key)
  }
  return {
    find(method, path) {
      const parts = decoded(path)
        .split('/')
        .filter((segment) => segment !== '')
      const values = new Map<string, string>()
      const branch = follow(root, parts, values)
      const key = branch?.keys.get(method)
      return key === undefined ? undefined : { key, pathParameters: values }
    },
  }
}

export function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function newBranch(): Branch {
  return { fixed: new Map(), placeholder: undefined, keys: new Map() }
}

function descend(branch: Branch, part: string): Branch {
  const name = /^\{(.+)\}$/.exec(part)?.[1]
  if (name !== undefined) {
    branch.placeholder ??= { name, branch: newBranch() }
    return branch.placeholder.branch
  }
  const known = branch.fixed.get(part)
  if (known) return known
  const fresh = newBranch()
  branch.fixed.set(part, fresh)
  return fresh
}

/** A volume id may hold slashes, so the last placeholder of `.../content/{volume}` takes all that is left. */
function follow(root: Branch, parts: readonly string[], values: Map<string, string>): Branch | undefined {
  let branch = root
  for (const [index, part] of parts.entries()) {
    const fixed = branch.fixed.get(part)
    if (fixed !== undefined) {
      branch = fixed
      continue
    }
    if (branch.placeholder === undefined) return undefined
    const { name, branch: next } = branch.placeholder
    if (name === 'volume') {
      values.set(name, parts.slice(index).join('/'))
      return next
    }
    values.set(name, part)
    branch = next
  }
  return branch
}
