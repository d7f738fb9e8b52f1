/**
 * Collects the keys asked for in one turn of the event loop and loads them with one call: how the polls of many
 * operations become one request. `load` answers in the order of its keys; if it rejects, all that wait are rejected.
 */
export function createBatcher<Key, Value>(
  load: (keys: readonly Key[]) => Promise<readonly Value[]>,
): (key: Key) => Promise<Value> {
  interface Waiting {
    readonly key: Key
    readonly resolve: (value: Value) => void
    readonly reject: (reason: unknown) => void
  }
  let waiting: Waiting[] = []

  async function flush(): Promise<void> {
    const batch = waiting
    waiting = []
    try {
      const values = await load(batch.map(({ key }) => key))
      if (values.length !== batch.length) throw new TypeError('a batch must answer every key')
      // Lengths agree, so each waiter has its value.
      for (const [index, { resolve }] of batch.entries()) resolve(values[index] as Value)
    } catch (reason) {
      for (const { reject } of batch) reject(reason)
    }
  }

  return (key) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(() => void flush())
      waiting.push({ key, resolve, reject })
    })
}
