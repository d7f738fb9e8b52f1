import type { ScanState } from './scan-state.js'

/** An element whose end tag is still to come. */
export interface OpenElement {
  readonly nameStart: number
  readonly nameEnd: number
  readonly bindings: number
  readonly name: string
  readonly prefix: string
  readonly namespace: string
}

/** The open elements of a stream. Their names are kept as bytes here, because the bytes they were read from are gone by their end. */
export interface OpenElements {
  names: Buffer
  readonly stack: OpenElement[]
  top: OpenElement | undefined
}

export function createOpenElements(): OpenElements {
  return { names: Buffer.alloc(1024), stack: [], top: undefined }
}

/** Remembers the element whose start tag was just scanned. `bindings` is the binding count from before. */
export function pushElement(
  open: OpenElements,
  state: ScanState,
  bindings: number,
  name: string,
  prefix: string,
  namespace: string,
): void {
  const nameStart = open.top?.nameEnd ?? 0
  const nameEnd = nameStart + state.nameEnd - state.nameStart
  if (nameEnd > open.names.length) open.names = Buffer.concat([open.names], nameEnd * 2)
  state.bytes.copy(open.names, nameStart, state.nameStart, state.nameEnd)
  open.top = { nameStart, nameEnd, bindings, name, prefix, namespace }
  open.stack.push(open.top)
}

export function popElement(open: OpenElements): OpenElement {
  const last = open.stack.pop()
  if (last === undefined) throw new TypeError('No element is open')
  open.top = open.stack.at(-1)
  return last
}
