import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An Acme on loopback. */
export interface AcmeSimulator {
  readonly url: string
  close(): Promise<void>
}

/** Says of every call that it does not know it yet. */
export async function startAcmeSimulator(): Promise<AcmeSimulator> {
  const server = createServer((_request, response) => {
    response.writeHead(501).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has such an address.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
