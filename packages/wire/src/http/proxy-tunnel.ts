import type { Socket } from 'node:net'
import { ConnectFailure } from './connect-failure.js'
import type { ConnectionSettings, HttpProxy } from './settings.js'

const MAX_HEAD_BYTES = 16 * 1024

/** Asks the proxy at the other end of `socket` for a tunnel to the server; afterwards the socket is the server's. */
export async function openTunnel(socket: Socket, proxy: HttpProxy, target: ConnectionSettings): Promise<void> {
  const authorization = proxy.authorization === undefined ? '' : `Proxy-Authorization: ${proxy.authorization}\r\n`
  socket.write(`CONNECT ${target.host} HTTP/1.1\r\nHost: ${target.host}\r\n${authorization}\r\n`)
  const head = await readHead(socket, proxy)
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]
  if (status?.startsWith('2')) return
  throw refusal(status, proxy, target)
}

/** Reads up to the empty line and puts what follows back, since it belongs to the server. */
function readHead(socket: Socket, proxy: HttpProxy): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0)
    const finish = (failure: ConnectFailure | undefined): void => {
      socket.off('data', read)
      socket.off('close', closed)
      socket.pause()
      if (failure) reject(failure)
    }
    const closed = (): void =>
      finish(
        new ConnectFailure('proxy', true, `the proxy ${proxy.host} closed the connection instead of opening a tunnel`),
      )
    const read = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk])
      const end = received.indexOf('\r\n\r\n')
      if (end >= 0) {
        finish(undefined)
        if (received.length > end + 4) socket.unshift(received.subarray(end + 4))
        resolve(received.toString('latin1', 0, end))
      } else if (received.length > MAX_HEAD_BYTES) {
        finish(new ConnectFailure('proxy', false, `${proxy.host} does not answer like an HTTP proxy: check proxy`))
      }
    }
    socket.on('data', read)
    socket.once('close', closed)
  })
}

function refusal(status: string | undefined, proxy: HttpProxy, target: ConnectionSettings): ConnectFailure {
  if (status === undefined) {
    return new ConnectFailure('proxy', false, `${proxy.host} does not answer like an HTTP proxy: check proxy`)
  }
  if (status === '407') {
    const advice =
      proxy.authorization === undefined
        ? 'write them into proxy as http://user:password@host:port'
        : 'it refused the ones given'
    return new ConnectFailure('proxy', false, `the proxy ${proxy.host} wants a user and password (407): ${advice}`)
  }
  const advice = status.startsWith('5')
    ? 'it could not reach the server'
    : 'it does not allow this destination: ask whoever runs it'
  const message = `the proxy ${proxy.host} opened no tunnel to ${target.host} (${status}): ${advice}`
  return new ConnectFailure('proxy', status.startsWith('5'), message)
}
