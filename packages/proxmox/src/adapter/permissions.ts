/** What each privilege is good for, for those the port's verbs need. Proxmox VE 7.4 to 9.2. */
const needed: readonly (readonly [privilege: string, verb: string])[] = [
  ['VM.Audit', 'listing and reading VMs'],
  ['VM.Clone', 'creating VMs from templates'],
  ['VM.Allocate', 'creating and deleting VMs'],
  ['VM.PowerMgmt', 'starting and stopping VMs'],
  ['VM.Config.CPU', 'setting processors at creation'],
  ['VM.Config.Memory', 'setting memory at creation'],
  ['VM.Config.Disk', 'growing and adding disks at creation'],
  ['VM.Config.Network', 'setting networks at creation'],
  ['VM.Config.Options', 'setting names, tags and options at creation'],
  ['Datastore.AllocateSpace', 'allocating disks'],
  ['Datastore.Audit', 'listing datastores'],
]

/** Privileges that are held on some path, whatever it is: a pass is a hint, only the platform's own check is proof. */
export interface HeldPrivileges {
  has(privilege: string): boolean
  readonly any: boolean
}

/** Reads GET /access/permissions: `{ path: { privilege: 1 or 0 } }`, where 0 still means held (it does not propagate). */
export function readPermissions(answer: Readonly<Record<string, unknown>>): HeldPrivileges {
  const held = new Set<string>()
  for (const privileges of Object.values(answer)) {
    if (typeof privileges !== 'object' || privileges === null) continue
    for (const privilege of Object.keys(privileges)) held.add(privilege)
  }
  return { has: (privilege) => held.has(privilege), any: held.size > 0 }
}

/** May nothing at all be done with VMs? Then every list would be empty, without an error. */
export function seesNoVms(held: HeldPrivileges): boolean {
  return !needed.some(([privilege]) => privilege.startsWith('VM.') && held.has(privilege))
}

/** What will be refused, in a sentence for each privilege that is held nowhere. */
export function missingPrivileges(held: HeldPrivileges): readonly string[] {
  return needed
    .filter(([privilege]) => !held.has(privilege))
    .map(([privilege, verb]) => `${privilege} is granted nowhere: ${verb} will be refused`)
}
