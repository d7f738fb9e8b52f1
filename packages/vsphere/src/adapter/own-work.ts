/** Work that this process carries out: another process knows nothing of it, and looks at the platform instead. */
export interface OwnWork<Result> {
  /** Begins the work under this name, unless it goes on already. */
  begin(name: string, work: (signal: AbortSignal, onFraction: (fraction: number) => void) => Promise<Result>): void
  /** Undefined for work that this process does not know. Its end is told once; throws what it failed with. */
  look(name: string): Seen<Result> | undefined
  /** False for work that this process does not know. */
  stop(name: string): boolean
}

type Seen<Result> =
  | { readonly done: false; readonly fraction: number }
  | { readonly done: true; readonly result: Result }

interface Work<Result> {
  readonly controller: AbortController
  fraction: number
  ended?: { readonly result: Result } | { readonly error: unknown }
}

export function createOwnWork<Result>(): OwnWork<Result> {
  const known = new Map<string, Work<Result>>()
  return {
    begin(name, carryOut) {
      if (known.has(name)) return
      const work: Work<Result> = { controller: new AbortController(), fraction: 0 }
      known.set(name, work)
      const onFraction = (fraction: number) => {
        work.fraction = Math.min(1, fraction)
      }
      carryOut(work.controller.signal, onFraction).then(
        (result) => {
          work.ended = { result }
        },
        (error: unknown) => {
          work.ended = { error }
        },
      )
    },
    look(name) {
      const work = known.get(name)
      if (work === undefined) return undefined
      const { ended, fraction } = work
      if (ended === undefined) return { done: false, fraction }
      known.delete(name)
      if ('error' in ended) throw ended.error
      return { done: true, result: ended.result }
    },
    stop(name) {
      known.get(name)?.controller.abort()
      return known.has(name)
    },
  }
}
