import type { Reference, VmRef } from '../references.js'
import type { VmInfo } from '../vm.js'

export interface MigrateOperations {
  /**
   * To another host, to other storage, or both. A running VM goes on running; FAILED_PRECONDITION says why it cannot. The
   * ref stays good: its id never holds a place, and a stale `locator` is looked up anew. There already: success.
   */
  migrate(input: { readonly ref: VmRef; readonly host?: Reference; readonly datastore?: Reference }): VmInfo
}
