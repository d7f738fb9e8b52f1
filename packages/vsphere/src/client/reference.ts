import type { ManagedObjectReference } from '../generated/shared/core.js'

export type { ManagedObjectReference }

/** A reference to a managed object by type and id: `reference('VirtualMachine', 'vm-12')`. */
export function reference(type: string, value: string): ManagedObjectReference {
  return { type, value }
}

/** Type and id as one text, `VirtualMachine:vm-12`: equal for references to one object. */
export function referenceKey({ type, value }: ManagedObjectReference): string {
  return `${type}:${value}`
}

/** Views, collectors and filters live in a session and end with it; their ids begin with its key. */
export function isOfSession(object: ManagedObjectReference): boolean {
  return object.value.startsWith('session[')
}
