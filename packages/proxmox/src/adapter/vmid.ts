import { HypervisorError, type VmRef } from '@dcm/core'

/** The vmid in a reference; undefined for a text that no vmid has. Proxmox VE: 100 to 999999999. */
export function parseVmid(id: string): number | undefined {
  return /^[1-9]\d{2,8}$/.test(id) ? Number(id) : undefined
}

/** NOT_FOUND for a VM, with what a caller can do. */
export function vmNotFound(ref: Pick<VmRef, 'id' | 'endpoint'>, why: string): HypervisorError {
  return new HypervisorError('NOT_FOUND', `no VM ${ref.id} on '${ref.endpoint}': ${why}`, {
    endpoint: ref.endpoint,
    resource: ref.id,
    details: { missing: [{ kind: 'vm', reference: { id: ref.id } }] },
  })
}
