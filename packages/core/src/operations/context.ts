import type { JsonObject } from '../json.js'
import type { Cursor, OperationHandle } from './handle.js'
import { clockOf, type EngineHost } from './host.js'
import { parseMarker } from './marker.js'
import type { StepContext } from './step.js'
import type { ContextAt } from './track.js'

export function contextsOf(handle: OperationHandle, host: EngineHost): ContextAt {
  return (cursor) => contextOf(handle, cursor, host)
}

export function contextOf(
  handle: OperationHandle,
  cursor: Cursor,
  host: Pick<EngineHost, 'adapter' | 'signal' | 'reveal'>,
): StepContext<unknown, JsonObject> {
  return {
    input: handle.input,
    state: handle.state,
    marker: handle.marker === undefined ? undefined : parseMarker(handle.marker),
    index: cursor.index,
    tries: cursor.tries,
    startedAt: handle.startedAt,
    begunAt: cursor.begunAt ?? clockOf(host.adapter),
    signal: host.signal,
    now: () => clockOf(host.adapter),
    reveal: host.reveal,
  }
}
