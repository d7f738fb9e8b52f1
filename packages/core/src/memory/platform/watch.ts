/** One change of a VM that somebody looked for. */
export interface NativeEvent {
  readonly number: number
  readonly what: 'made' | 'changed' | 'gone'
  readonly id: string
  readonly generation: string
  readonly host: string
  readonly at: number
}

/** What the site's watcher last saw. */
export interface Watch {
  /** What every VM looked like, by generation. */
  seen: Map<string, { readonly id: string; readonly host: string; readonly look: string }>
  events: NativeEvent[]
  /** Number of the newest event. */
  last: number
  /** Events up to this number are forgotten. */
  forgotten: number
}

export function createWatch(): Watch {
  return { seen: new Map(), events: [], last: 0, forgotten: 0 }
}
