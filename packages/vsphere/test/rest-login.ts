import { request } from 'node:https'
import type { SoapEndpoint } from './soap-session.js'

/** Opens a session of the REST services, without our client; gives its header. */
export function restLogin({ url, ca, credentials }: SoapEndpoint): Promise<Readonly<Record<string, string>>> {
  const auth = `${credentials.username}:${credentials.password}`
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/api/session`, { method: 'POST', ca, auth, agent: false })
    sent.once('error', reject)
    sent.once('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () =>
        resolve({ 'vmware-api-session-id': JSON.parse(Buffer.concat(chunks).toString('utf8')) }),
      )
    })
    sent.end()
  })
}
