import type { FaultSwitches } from '@dcm/core/conformance/run'
import { type MemoryTimings, powerStates, type RemoteMemoryControl, realTimings } from '@dcm/core/memory'

const always = { times: Number.MAX_SAFE_INTEGER } as const
const roomyBytes = 2 ** 42

/** Native words and what the port calls them, in the order of the switch `nativeState`. */
export const nativeStates: readonly { readonly native: string; readonly powerState: string }[] = Object.entries(
  powerStates,
).map(([native, { powerState }]) => ({ native, powerState }))

/** The kit's switches, by the platform's own. */
export function memoryFaults(control: RemoteMemoryControl): FaultSwitches {
  return {
    expireSessions: () => control.expireSessions(),
    garbage: () => control.inject('read', { does: 'garble' }, always),
    stall: () => control.holdReply('read', always),
    async mutation(n, how) {
      const when = { after: n - 1 }
      if (how === 'refuse') await control.fail('mutation', 'BROKEN', { ...when, text: 'refused by the kit' })
      else if (how === 'lose-answer') await control.loseReply('mutation', when)
      else await control.failTask('mutation', 'failed by the kit', when)
    },
    undoFails: () => control.fail('vm.remove', 'BROKEN', { ...always, text: 'not removed, by the kit' }),
    async deadHost() {
      await control.hostState('host-2', 'down')
      return 'host-2'
    },
    forgetTasks: () => control.vanishTasks(),
    warnTask: (text) => control.warnTask('vm.clone', text),
    failTask: (text) => control.failTask('vm.clone', text),
    async lock(id) {
      await control.lock(id, 'backup')
      return 'backup'
    },
    nativeState: (id, index) => control.changeVm(id, { state: nativeStates[index]?.native ?? '' }),
    unknownState: (id) => control.changeVm(id, { state: 'QUANTUM' }),
    guest: (id, how) =>
      control.guest(id, { tools: how === 'cannot-be-asked' ? 'none' : 'agent', obeys: how !== 'ignores-stop' }),
    guestInterfaces: (id, interfaces) =>
      control.guest(id, { interfaces: interfaces.map(({ name, addresses }) => ({ name, addresses: [...addresses] })) }),
    silenceGuests: () => control.holdReply('guest.info', always),
    pause: (id) => control.changeVm(id, { state: 'FROZEN' }),
    suspend: (id) => control.changeVm(id, { state: 'HIBERNATED' }),
    async move(id) {
      const host = (await control.vms()).find((vm) => vm.id === id)?.host
      await control.changeVm(id, { host: host === 'host-1' ? 'host-2' : 'host-1' })
    },
    remove: (id) => control.removeVm(id),
    replace: (id) => control.replaceVm(id),
    takeNextId: () => control.inject('vm.clone', { does: 'steal-id' }),
    async exhaust() {
      for (const store of ['store-1', 'store-2']) await control.freeBytes(store, 0)
    },
    skewClock: (ms) => control.skewClock(ms),
    taskDuration: (ms) => control.timings(allOf(ms)),
    slow: (ms) => control.slow('any', ms, always),
    fill: (count) => control.fill(count),
    async clear() {
      await control.clearFaults()
      await control.timings(realTimings)
      for (const store of ['store-1', 'store-2']) await control.freeBytes(store, roomyBytes)
    },
  }
}

function allOf(ms: number): Partial<MemoryTimings> {
  return { cloneMs: ms, createMs: ms, growMs: ms, startMs: ms, haltMs: ms, removeMs: ms, bootMs: ms }
}
