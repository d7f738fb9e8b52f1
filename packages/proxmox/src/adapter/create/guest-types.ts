/** What `ostype` may be. Proxmox VE 7.4 to 9.2. */
export const guestTypes: ReadonlySet<string> = new Set([
  'other',
  'wxp',
  'w2k',
  'w2k3',
  'w2k8',
  'wvista',
  'win7',
  'win8',
  'win10',
  'win11',
  'l24',
  'l26',
  'solaris',
])
