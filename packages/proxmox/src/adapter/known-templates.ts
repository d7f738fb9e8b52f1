import type { ResourceRow } from './platform.js'

/** Tells templates from VMs also when their node is silent and rows no longer say it. */
export interface KnownTemplates {
  isTemplate(row: ResourceRow): boolean
}

/** Remembers which ids were templates: the row of a silent node has neither name nor `template`. */
export function createKnownTemplates(): KnownTemplates {
  const vmids = new Set<number>()
  return {
    isTemplate(row) {
      if (row.vmid === undefined) return false
      if (row.template === true) {
        vmids.add(row.vmid)
        return true
      }
      if (vmids.size === 0) return false
      if (row.template === false) vmids.delete(row.vmid)
      return vmids.has(row.vmid)
    },
  }
}
