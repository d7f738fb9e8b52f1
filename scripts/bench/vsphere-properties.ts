/** What the candidates read of each VM. */
export const properties = [
  'config.hardware.memoryMB',
  'config.hardware.numCPU',
  'config.instanceUuid',
  'datastore',
  'guest.ipAddress',
  'name',
  'runtime.powerState',
] as const

export const vms = 10_000
