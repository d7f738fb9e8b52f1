import type { Release } from '../schema/release.js'

const common = [
  'Datastore.Allocate',
  'Datastore.AllocateSpace',
  'Datastore.AllocateTemplate',
  'Datastore.Audit',
  'Group.Allocate',
  'Permissions.Modify',
  'Pool.Allocate',
  'Pool.Audit',
  'Realm.Allocate',
  'Realm.AllocateUser',
  'SDN.Allocate',
  'SDN.Audit',
  'Sys.Audit',
  'Sys.Console',
  'Sys.Incoming',
  'Sys.Modify',
  'Sys.PowerMgmt',
  'Sys.Syslog',
  'User.Modify',
  'VM.Allocate',
  'VM.Audit',
  'VM.Backup',
  'VM.Clone',
  'VM.Config.CDROM',
  'VM.Config.CPU',
  'VM.Config.Cloudinit',
  'VM.Config.Disk',
  'VM.Config.HWType',
  'VM.Config.Memory',
  'VM.Config.Network',
  'VM.Config.Options',
  'VM.Console',
  'VM.Migrate',
  'VM.PowerMgmt',
  'VM.Snapshot',
  'VM.Snapshot.Rollback',
]
const since8 = ['Mapping.Audit', 'Mapping.Modify', 'Mapping.Use', 'SDN.Use', 'Sys.AccessNetwork']
const since9 = [
  'VM.GuestAgent.Audit',
  'VM.GuestAgent.FileRead',
  'VM.GuestAgent.FileSystemMgmt',
  'VM.GuestAgent.FileWrite',
  'VM.GuestAgent.Unrestricted',
  'VM.Replicate',
]

/** Every privilege that exists in a release. `VM.Monitor` gave way to the `VM.GuestAgent` family in 9. */
export function privilegesOf(release: Release): readonly string[] {
  if (release === '7.4') return [...common, 'VM.Monitor']
  if (release === '8.4') return [...common, ...since8, 'VM.Monitor']
  return [...common, ...since8, ...since9]
}

/** Built-in roles by name. */
export function rolesOf(release: Release): ReadonlyMap<string, ReadonlySet<string>> {
  const all = privilegesOf(release)
  const pick = (fits: (privilege: string) => boolean): ReadonlySet<string> => new Set(all.filter(fits))
  const vm = (privilege: string): boolean => privilege.startsWith('VM.')
  const vmUser = ['VM.Audit', 'VM.Backup', 'VM.Config.CDROM', 'VM.Config.Cloudinit', 'VM.Console', 'VM.PowerMgmt']
  const agent = all.includes('VM.Monitor') ? [] : ['VM.GuestAgent.Audit', 'VM.GuestAgent.Unrestricted']
  return new Map([
    ['Administrator', new Set(all)],
    ['NoAccess', new Set<string>()],
    [
      'PVEAdmin',
      pick(
        (name) =>
          !['Permissions.Modify', 'Realm.Allocate', 'Sys.Modify', 'Sys.PowerMgmt', 'Sys.AccessNetwork'].includes(name),
      ),
    ],
    ['PVEAuditor', pick((name) => /\.Audit$/.test(name))],
    ['PVEDatastoreAdmin', pick((name) => name.startsWith('Datastore.'))],
    ['PVEDatastoreUser', new Set(['Datastore.Audit', 'Datastore.AllocateSpace'])],
    ['PVEPoolAdmin', pick((name) => name.startsWith('Pool.'))],
    ['PVEPoolUser', new Set(['Pool.Audit'])],
    ['PVESDNAdmin', pick((name) => name.startsWith('SDN.'))],
    ['PVESDNUser', pick((name) => name === 'SDN.Audit' || name === 'SDN.Use')],
    ['PVESysAdmin', pick((name) => ['Sys.Audit', 'Sys.Console', 'Sys.Syslog'].includes(name))],
    ['PVETemplateUser', new Set(['VM.Audit', 'VM.Clone'])],
    ['PVEUserAdmin', pick((name) => ['Group.Allocate', 'Realm.AllocateUser', 'User.Modify'].includes(name))],
    ['PVEVMAdmin', pick(vm)],
    ['PVEVMUser', new Set([...vmUser, ...agent])],
  ])
}
