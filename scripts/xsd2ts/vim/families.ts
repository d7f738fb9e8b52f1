import { kebabCase } from '../plan/identifiers.js'
import { type PropertyFacts, readProperty, type VimFacts } from './type-facts.js'

/**
 * The group of each type: its vmodl package without `vim`, such as `vm-device` for `vim.vm.device.VirtualDisk`. Types of which
 * the package is not known (those newer than 8.0.3) are put where they are used first.
 */
export function vimFamilies(facts: VimFacts): ReadonlyMap<string, string> {
  const families = new Map<string, string>()
  const entries = [...Object.entries(facts.types), ...Object.entries(facts.enumerations)]
  for (const [name, { native }] of entries) if (native !== undefined) families.set(name, familyOf(native))
  const users = firstUsers(facts)
  for (const [name] of entries) {
    const chain = [name]
    for (let user = users.get(name); user !== undefined && !chain.includes(user); user = users.get(user)) {
      chain.push(user)
      const family = families.get(user)
      if (family === undefined) continue
      for (const member of chain) if (!families.has(member)) families.set(member, family)
      break
    }
  }
  return families
}

/** Types without a package are grouped by the type that they are declared in: `vim.Datastore.Summary` with others of Datastore. */
function familyOf(native: string): string {
  const [root, ...rest] = native.split('.')
  const packages = rest.filter((step, index) => /^[a-z]/.test(step) && index < rest.length - 1)
  if (packages.length > 0) return packages.map(kebabCase).join('-')
  const [outer] = rest
  if (outer !== undefined && rest.length > 1) return kebabCase(outer)
  return root === 'vmodl' ? 'core' : 'common'
}

/** For each type the type that extends or holds it first. */
function firstUsers(facts: VimFacts): ReadonlyMap<string, string> {
  const users = new Map<string, string>()
  const use = (name: string, property: PropertyFacts): void => {
    for (const used of [property.type, property.of]) if (used !== undefined && !users.has(used)) users.set(used, name)
  }
  for (const [name, type] of Object.entries(facts.types)) {
    for (const property of type.properties) use(name, readProperty(property))
  }
  for (const [name, { extends: base }] of Object.entries(facts.types)) {
    if (base !== undefined && base !== 'DynamicData' && !users.has(name)) users.set(name, base)
  }
  return users
}
