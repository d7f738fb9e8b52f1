/** Uploads that this process carries out: another process knows nothing of them, and begins anew. */
export interface Uploads {
  /** Begins the work under this name, unless it goes on already. */
  begin(name: string, work: (signal: AbortSignal, onFraction: (fraction: number) => void) => Promise<void>): void
  /** Undefined for one that this process does not know. Its end is told once; throws what it failed with. */
  look(name: string): { readonly fraction: number; readonly done: boolean } | undefined
  /** False for one that this process does not know. */
  stop(name: string): boolean
}

interface Upload {
  readonly controller: AbortController
  fraction: number
  ended?: { readonly error?: unknown }
}

export function createUploads(): Uploads {
  const known = new Map<string, Upload>()
  return {
    begin(name, work) {
      if (known.has(name)) return
      const upload: Upload = { controller: new AbortController(), fraction: 0 }
      known.set(name, upload)
      const onFraction = (fraction: number) => {
        upload.fraction = Math.min(1, fraction)
      }
      work(upload.controller.signal, onFraction).then(
        () => {
          upload.ended = {}
        },
        (error: unknown) => {
          upload.ended = { error }
        },
      )
    },
    look(name) {
      const upload = known.get(name)
      if (upload === undefined) return undefined
      const { ended, fraction } = upload
      if (ended === undefined) return { fraction, done: false }
      known.delete(name)
      if ('error' in ended) throw ended.error
      return { fraction: 1, done: true }
    },
    stop(name) {
      known.get(name)?.controller.abort()
      return known.has(name)
    },
  }
}
