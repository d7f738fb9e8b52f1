import type { Connection } from './connection.js'
import { createSteps } from './create-claim.js'
import { finishSteps } from './create-finish.js'
import { type CreateDefinition, targetOf } from './create-state.js'
import { mapInfo } from './map-vm.js'

/**
 * createVm: from a template, blank, or from an installation image.
 *
 * | step | R | begin | poll | undo |
 * |---|---|---|---|---|
 * | plan | read | `inventory` | | |
 * | lookup | read | `vm.find` claim: ready, on to `confirm`; unfinished, adopt it; another specification, ALREADY_EXISTS | | |
 * | settled | read | | an adopted VM is made | |
 * | reserve | read | `vm.freeId` | | |
 * | create | once | `vm.clone` or `vm.create` with claim, marker and attempt | task | power-off, remove |
 * | configure | safe | `vm.change` | | with create |
 * | disk[i] | safe | `disk.grow` or `disk.add` | task | with create |
 * | seed | safe | `vm.seed` | | with create |
 * | start, started | safe, read | `vm.start` | task, state | with create |
 * | ready | once | `vm.change` metadata | | with create |
 * | confirm | read | of a VM that another run had finished: `vm.read` | | |
 */
export function createVm(connection: Connection, site: string): CreateDefinition {
  return {
    steps: [...createSteps(connection, site), ...finishSteps(connection)],
    async result(context) {
      const vm = await connection.call('vm.read', targetOf(context), context.signal)
      return mapInfo(vm, connection.endpoint, connection.client.now())
    },
  }
}
