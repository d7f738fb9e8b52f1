import type { ProxmoxApi } from './platform.js'

/** How long a lane seen full is taken for full: all who ask within it share one look, however many wait. */
const believedMs = 300

/** Lets only so many clones of one source run at a time, counted at the endpoint. */
export interface CloneLane {
  /**
   * Is there something to wait for, by a look that all share who ask within a moment? Whoever is told of the last free
   * place is the only one who is, for that moment.
   */
  isFull(source: { vmid: number; node: string }, signal: AbortSignal): Promise<boolean>
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
  const fullUntil = new Map<number, number>()

  async function count(source: { vmid: number; node: string }, signal: AbortSignal): Promise<number> {
    const running = await api.request(
      'GET /nodes/{node}/tasks',
      { node: source.node, source: 'active', typefilter: 'qmclone', vmid: source.vmid },
      { signal },
    )
    // Finished tasks stay in the active list for a moment.
    return running.filter((task) => task.endtime === undefined).length
  }

  /** Those who ask of one source go one after the other. */
  function inTurn<T>(vmid: number, work: () => Promise<T>): Promise<T> {
    const turn = (turns.get(vmid) ?? Promise.resolve()).then(work)
    const done = turn.catch(() => undefined)
    turns.set(vmid, done)
    void done.then(() => {
      if (turns.get(vmid) === done) turns.delete(vmid)
    })
    return turn
  }

  return {
    isFull: (source, signal) =>
      inTurn(source.vmid, async () => {
        if (performance.now() < (fullUntil.get(source.vmid) ?? 0)) return true
        const running = await count(source, signal)
        if (running + 1 >= width) fullUntil.set(source.vmid, performance.now() + believedMs)
        else fullUntil.delete(source.vmid)
        return running >= width
      }),
    enter: (source, signal, work) =>
      inTurn(source.vmid, async () => ((await count(source, signal)) < width ? work() : undefined)),
  }
}
