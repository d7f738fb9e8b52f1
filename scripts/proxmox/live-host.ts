import { request } from 'node:https'
import { isIP } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { parseApiTree, type VendorNode } from './api-tree.js'

export interface LiveHost {
  /** `https://pve.example:8006` */
  readonly address: string
  /** SHA-256 of the host's certificate, `AA:BB:...`; without it the system's trust decides. */
  readonly fingerprint?: string
}

/** Reads the API tree that a host publishes for its own API viewer. It is open to everybody, no login is made. */
export async function readLiveHost({ address, fingerprint }: LiveHost): Promise<readonly VendorNode[]> {
  const url = new URL('/pve-docs/api-viewer/apidoc.js', address)
  if (url.protocol !== 'https:') throw new Error(`Give the host as https://NAME:8006, not ${address}`)
  const socket = await connectTo(url, fingerprint)
  try {
    return parseApiDocument(await download(url, socket))
  } finally {
    socket.destroy()
  }
}

/** Connects, and compares the certificate before a byte is sent. */
function connectTo(url: URL, fingerprint: string | undefined): Promise<TLSSocket> {
  const port = Number(url.port || 8006)
  return new Promise((resolve, reject) => {
    const socket = connect(
      {
        host: url.hostname,
        port,
        ...(!isIP(url.hostname) && { servername: url.hostname }),
        rejectUnauthorized: fingerprint === undefined,
      },
      () => {
        const actual = socket.getPeerCertificate().fingerprint256
        if (fingerprint === undefined || actual === fingerprint.toUpperCase()) return resolve(socket)
        socket.destroy()
        reject(
          new Error(`${url.host} shows the certificate ${actual}, not ${fingerprint}: check which of them is right`),
        )
      },
    )
    socket.once('error', (error) => {
      reject(
        new Error(`Cannot connect to ${url.host}: ${error.message}. For a certificate of its own give --fingerprint`),
      )
    })
  })
}

function download(url: URL, socket: TLSSocket): Promise<string> {
  return new Promise((resolve, reject) => {
    const call = request(url, { createConnection: () => socket }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode === 200) return resolve(Buffer.concat(chunks).toString('utf8'))
        reject(
          new Error(
            `${url.href} answers ${response.statusCode}: is this a Proxmox VE host with its documentation installed?`,
          ),
        )
      })
    })
    call.on('error', reject)
    call.end()
  })
}

/** Cuts the array out of the viewer's script and parses it as JSON; the script is never run. */
export function parseApiDocument(script: string): readonly VendorNode[] {
  const assignment = /\b(?:apiSchema|pveapi)\s*=\s*(?=\[)/.exec(script)
  if (!assignment) throw new Error('The script holds no API tree: expected `apiSchema = [...]`')
  const start = assignment.index + assignment[0].length
  return parseApiTree(JSON.parse(script.slice(start, endOfArray(script, start))))
}

/** Position behind the bracket that closes the one at `start`; brackets in strings do not count. */
function endOfArray(text: string, start: number): number {
  const token = /"(?:[^"\\]|\\.)*"|[[\]]/gs
  token.lastIndex = start
  let depth = 0
  for (let found = token.exec(text); found; found = token.exec(text)) {
    if (found[0] === '[') depth += 1
    if (found[0] === ']') depth -= 1
    if (depth === 0) return token.lastIndex
  }
  throw new Error('The API tree in the script is cut off')
}
