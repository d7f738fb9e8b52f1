import { request } from 'node:https'

export interface SoapEndpoint {
  readonly url: string
  /** PEM. */
  readonly ca: string
  readonly credentials: { readonly username: string; readonly password: string }
}

export interface SoapAnswer {
  readonly status: number
  readonly text: string
  readonly cookie: string
}

/** A client as simple as can be, that shares nothing with ours. */
export interface SoapSession {
  /** Logs in again. */
  login(): Promise<SoapAnswer>
  /** Calls a method; `inner` are its parameters as XML. */
  call(method: string, type: string, value: string, inner?: string): Promise<SoapAnswer>
  /** Reference of a manager, by its name in the service content. */
  manager(name: string): string
  /** Names of all methods that were called. */
  readonly methods: ReadonlySet<string>
  /** Posts an envelope as it is. */
  post(envelope: string): Promise<SoapAnswer>
  /** One page of properties of all objects of a type, through a container view. */
  list(type: string, paths: readonly string[], maxObjects?: number): Promise<string>
  /** Waits for a task; gives the text of its info. */
  task(answer: SoapAnswer): Promise<string>
}

export async function createSoapSession(endpoint: SoapEndpoint): Promise<SoapSession> {
  let cookie = ''
  const post = (envelope: string): Promise<SoapAnswer> =>
    new Promise((resolve, reject) => {
      const sent = request(`${endpoint.url}/sdk`, {
        method: 'POST',
        ca: endpoint.ca,
        headers: { 'content-type': 'text/xml; charset="utf-8"', soapaction: 'urn:vim25/8.0.3.0', cookie },
        agent: false,
      })
      sent.once('error', reject)
      sent.once('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.once('error', reject)
        response.once('end', () => {
          const given = response.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString(), cookie: given })
        })
      })
      sent.end(envelope)
    })
  const methods = new Set<string>()
  const call = (method: string, type: string, value: string, inner = ''): Promise<SoapAnswer> => {
    methods.add(method)
    return post(inEnvelope(`<${method} xmlns="urn:vim25"><_this type="${type}">${value}</_this>${inner}</${method}>`))
  }
  const content = (await call('RetrieveServiceContent', 'ServiceInstance', 'ServiceInstance')).text
  const manager = (name: string): string => new RegExp(`<${name}[^>]*>([^<]*)</${name}>`).exec(content)?.[1] ?? ''
  const login = async (): Promise<SoapAnswer> => {
    cookie = ''
    const { username: userName, password } = endpoint.credentials
    const answer = await call(
      'Login',
      'SessionManager',
      manager('sessionManager'),
      `<userName>${userName}</userName><password>${password}</password>`,
    )
    cookie = answer.cookie
    return answer
  }
  await login()
  const collector = manager('propertyCollector')
  const read = (type: string, value: string, paths: readonly string[]): Promise<SoapAnswer> =>
    call(
      'RetrievePropertiesEx',
      'PropertyCollector',
      collector,
      `<specSet><propSet><type>${type}</type>${paths.map((path) => `<pathSet>${path}</pathSet>`).join('')}</propSet>` +
        `<objectSet><obj type="${type}">${value}</obj></objectSet></specSet><options/>`,
    )
  return {
    login,
    call,
    manager,
    methods,
    post,
    async list(type, paths, maxObjects) {
      const view = await call(
        'CreateContainerView',
        'ViewManager',
        manager('viewManager'),
        `<container type="Folder">${manager('rootFolder')}</container><type>${type}</type><recursive>true</recursive>`,
      )
      const ref = /<returnval[^>]*>([^<]*)</.exec(view.text)?.[1] ?? ''
      const answer = await call(
        'RetrievePropertiesEx',
        'PropertyCollector',
        collector,
        `<specSet><propSet><type>${type}</type>${paths.map((path) => `<pathSet>${path}</pathSet>`).join('')}</propSet>` +
          `<objectSet><obj type="ContainerView">${ref}</obj><skip>true</skip>` +
          `<selectSet xsi:type="TraversalSpec"><name>view</name><type>ContainerView</type><path>view</path><skip>false</skip></selectSet>` +
          `</objectSet></specSet><options>${maxObjects === undefined ? '' : `<maxObjects>${maxObjects}</maxObjects>`}</options>`,
      )
      return answer.text
    },
    async task(answer) {
      const ref = /<returnval[^>]*>([^<]*)</.exec(answer.text)?.[1]
      if (ref === undefined) throw new Error(`no task was started: ${answer.text}`)
      for (;;) {
        const { text } = await read('Task', ref, ['info'])
        if (/<state>(success|error)<\/state>/.test(text)) return text
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
  }
}

/** A whole SOAP message around the body. */
export function inEnvelope(body: string): string {
  return `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`
}
