import { randomBytes } from 'node:crypto'

const processId = randomBytes(4).toString('hex')
let calls = 0

/** Tells the calls of all clients of all processes apart. */
export function nextOperationId(): string {
  calls++
  return `dcm-${processId}-${calls}`
}

/** What the REST services have for the operationID of the API. */
export const operationIdHeader = 'x-request-id'
