import createOpenapiClient, { type Client, type Middleware } from 'openapi-fetch'
import { loadCoercers } from './coercer-table.js'
import type { Door } from './door.js'
import { encodeForm } from './encode-form.js'
import { fillTemplate } from './operation.js'

const apiRoot = '/api2/json'

/**
 * A plain openapi-fetch client on the same transport and credentials. Answers are unwrapped and coerced like those of
 * `request`; errors come back as `error`, only failures of transport and login are thrown. Middlewares of the user see
 * the platform's own answer with its envelope.
 */
export function createOpenapi<Paths extends object>(door: Door, baseUrl: string): Client<Paths> {
  const operations = new WeakMap<Request, string>()
  const client = createOpenapiClient<Paths>({
    baseUrl: baseUrl + apiRoot,
    fetch: (request) => send(door, request, operations.get(request)),
    querySerializer: encodeForm,
    bodySerializer: (body) => encodeForm(Object(body)),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    pathSerializer: fillTemplate,
  })
  client.use(unwrapping, {
    onRequest: ({ request, schemaPath }) => {
      operations.set(request, `${request.method} ${schemaPath}`)
    },
  })
  return client
}

const unwrapping: Middleware = {
  async onResponse({ request, schemaPath, response, options }) {
    if (!response.ok || options.parseAs === 'stream') return undefined
    const text = await response.text()
    const envelope: unknown = parse(text)
    if (typeof envelope !== 'object' || envelope === null || !('data' in envelope)) {
      return new Response(text, response)
    }
    const coercer = (await loadCoercers())(`${request.method} ${schemaPath}`)
    const data = coercer === undefined ? envelope.data : coercer(envelope.data)
    return new Response(JSON.stringify(data), { status: response.status, statusText: response.statusText })
  },
}

async function send(door: Door, request: Request, operation: string | undefined): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const body = request.body === null ? undefined : await request.text()
  const method = request.method
  const response = await door({
    operation: operation ?? `${method} ${pathname}`,
    method,
    path: pathname + search,
    headers: body === undefined ? {} : { 'content-type': request.headers.get('content-type') ?? '' },
    signal: request.signal,
    ...(body === undefined ? {} : { body }),
  })
  const { status, statusText } = response
  const headers = response.contentType === undefined ? undefined : { 'content-type': response.contentType }
  return new Response(await response.text(), { status, statusText, ...(headers === undefined ? {} : { headers }) })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
