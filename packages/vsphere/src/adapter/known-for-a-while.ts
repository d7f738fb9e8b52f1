/** What is read by id and kept for a while: everybody who asks meanwhile shares one read. A failed read is not kept. */
export function knownForAWhile<Value>(
  read: (id: string) => Promise<Value>,
  { lifetimeMs, most, now = Date.now }: { readonly lifetimeMs: number; readonly most: number; now?(): number },
): (id: string) => Promise<Value> {
  const known = new Map<string, { readonly value: Promise<Value>; readonly until: number }>()
  return (id) => {
    const held = known.get(id)
    if (held !== undefined && held.until > now()) return held.value
    known.delete(id)
    const value = read(id)
    known.set(id, { value, until: now() + lifetimeMs })
    value.catch(() => known.get(id)?.value === value && known.delete(id)) // told to those who wait for it
    const [oldest] = known.keys()
    if (known.size > most && oldest !== undefined) known.delete(oldest)
    return value
  }
}
