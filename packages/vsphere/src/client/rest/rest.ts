import createOpenapiClient from 'openapi-fetch'
import { restOperations } from '../../generated/rest-operations.js'
import type { VsphereAuth } from '../client-options.js'
import type { Connection } from '../connection.js'
import { refusal, VsphereError } from '../error.js'
import type { CallLimits } from '../exchange.js'
import { nextOperationId, operationIdHeader } from '../operation-id.js'
import { parseJson } from './parse-json.js'
import { type RestFailure, readFailedResult, readRestError } from './rest-error.js'
import { assembleCall, readResult } from './rest-form.js'
import { createRestSession, type LiveRestSession, sessionHeader } from './rest-session.js'

/** Calls of the REST services, with keys as texts. Its code is loaded by the first call. */
export interface Rest {
  request(key: string, parameters?: object, limits?: CallLimits): Promise<unknown>
  /** The header that goes with transfers of a content library. */
  sessionHeaders(): Promise<Readonly<Record<string, string>>>
  close(): Promise<void>
}

/** The one method of openapi-fetch that is used, with plain types. */
interface LeanOpenapi {
  request(
    method: string,
    template: string,
    init: object,
  ): Promise<{ readonly data?: unknown; readonly error?: unknown; readonly response: Response }>
}

/** Deployments answer when they are done. */
const blockingTimeoutMs = 3_600_000

export function createRest(connection: Connection, auth: VsphereAuth): Rest {
  const session = createRestSession(connection, auth)
  const openapi = createOpenapiClient({ baseUrl: connection.origin, ...connection.web() }) as LeanOpenapi

  async function request(key: string, parameters: object = {}, limits: CallLimits = {}): Promise<unknown> {
    const facts = Object.hasOwn(restOperations, key) ? restOperations[key] : undefined
    if (facts === undefined) throw refusal(`there is no operation ${key}`, key)
    const idempotent = facts.read === true
    const timeoutMs = limits.timeoutMs ?? (facts.blocks === true ? blockingTimeoutMs : undefined)

    let operationId: string | undefined
    const send = async (live: LiveRestSession) => {
      operationId = nextOperationId()
      const { method, template, path, query, body } = assembleCall(key, facts, live.form, { ...parameters })
      return openapi.request(method, template, {
        params: { path, query },
        ...(body !== undefined && { body }),
        headers: { [sessionHeader]: live.id, [operationIdHeader]: operationId, accept: 'application/json' },
        parseAs: 'text',
        idempotent,
        ...(limits.signal !== undefined && { signal: limits.signal }),
        ...(timeoutMs !== undefined && { timeoutMs }),
      })
    }

    try {
      let live = await session.current()
      let answer = await send(live)
      // A session that has ended: the call was not carried out.
      if (answer.response.status === 401) {
        live = await session.renew(live)
        answer = await send(live)
      }
      const { data, error, response } = answer
      const call = { host: connection.host, operation: key, operationId, status: response.status }
      if (!response.ok) throw readRestError({ ...call, body: error, read: idempotent })
      const result = readResult(live.form, resultIn(data, call, idempotent), facts.list)
      const failed = readFailedResult(call, result)
      if (failed !== undefined) throw failed
      return result
    } catch (error) {
      throw connection.readFailure(error, { method: key, operationId, idempotent })
    }
  }

  function resultIn(text: unknown, call: Omit<RestFailure, 'body' | 'read'>, read: boolean): unknown {
    if (typeof text !== 'string' || text === '') return undefined
    const answer = parseJson(text)
    if (answer !== undefined) return answer
    throw new VsphereError({
      kind: 'protocol',
      message: `${call.operation}: the answer is not JSON: is this the address of a vCenter?`,
      outcome: read ? 'not-started' : 'unknown',
      retryable: false,
      ...call,
    })
  }

  return {
    request,
    sessionHeaders: async () => ({ [sessionHeader]: (await session.current()).id }),
    close: session.close,
  }
}
