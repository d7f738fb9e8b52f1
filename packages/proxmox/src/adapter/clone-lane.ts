import type { ProxmoxApi } from './platform.js'

/** Lets only so many clones of one source run at a time, counted at the endpoint. */
export interface CloneLane {
  /**
   * Runs `work`, which starts a clone, when the lane has room; undefined when it is full. Within this process the count
   * and the start are one: two callers never both see the last place free.
   */
  enter<T>(source: { vmid: number; node: string }, signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined>
}

/**
 * The platform shares the source's lock among clones of a stopped source, and gives up waiting for the storage's lock
 * after some 10 s: so clones of one source go one after the other by default. A token that may not see others' tasks
 * counts its own only; then the platform's lock texts are the signal.
 */
export function createCloneLane(api: Pick<ProxmoxApi, 'request'>, width: number): CloneLane {
  const turns = new Map<number, Promise<unknown>>()

  return {
    enter(source, signal, work) {
      const before = turns.get(source.vmid) ?? Promise.resolve()
      const turn = before.then(() => attempt())
      const done = turn.catch(() => undefined)
      turns.set(source.vmid, done)
      void done.then(() => {
        if (turns.get(source.vmid) === done) turns.delete(source.vmid)
      })
      return turn

      async function attempt() {
        const running = await api.request(
          'GET /nodes/{node}/tasks',
          { node: source.node, source: 'active', typefilter: 'qmclone', vmid: source.vmid },
          { signal },
        )
        // Finished tasks stay in the active list for a moment.
        const count = running.filter((task) => task.endtime === undefined).length
        return count >= width ? undefined : work()
      }
    },
  }
}
