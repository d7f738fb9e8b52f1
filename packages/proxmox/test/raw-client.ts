import { type Agent, request } from 'node:https'

export interface RawReply {
  readonly status: number
  readonly reason: string
  /** Names and values alternating, as they came. */
  readonly rawHeaders: readonly string[]
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** `data` of a JSON body; undefined where there is none. */
  readonly data: unknown
}

export interface RawRequest {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  readonly agent?: Agent
}

export interface RawTarget {
  readonly port: number
  readonly ca: string
}

/** One HTTPS request by node:https alone, on a connection of its own unless an agent is given: for looking at a server from outside. */
export function rawRequest(
  target: RawTarget,
  method: string,
  path: string,
  options: RawRequest = {},
): Promise<RawReply> {
  const { body } = options
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: target.port,
        ca: target.ca,
        method,
        path,
        agent: options.agent ?? false,
        headers: {
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }),
          ...options.headers,
        },
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8')
          resolve({
            status: response.statusCode ?? 0,
            reason: Buffer.from(response.statusMessage ?? '', 'latin1').toString('utf8'),
            rawHeaders: response.rawHeaders,
            headers: response.headers,
            text,
            data: dataOf(text),
          })
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

function dataOf(text: string): unknown {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null && 'data' in body ? body.data : undefined
  } catch {
    return undefined
  }
}
