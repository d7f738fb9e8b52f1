import { readFileSync } from 'node:fs'
import type { TransportResponse } from '@dcm/wire'
import { mapVmSummary } from '../../packages/vsphere/src/adapter/map-vm.js'
import { createCaller } from '../../packages/vsphere/src/client/caller.js'
import type { Connection } from '../../packages/vsphere/src/client/connection.js'
import { reference } from '../../packages/vsphere/src/client/reference.js'
import { type Row, retrieve } from '../../packages/vsphere/src/client/retrieve.js'
import type { LiveSession, Session } from '../../packages/vsphere/src/client/session.js'
import type { Measured } from './child.js'
import { properties, vms } from './vsphere-properties.js'
import { saxesObjects as saxesOnce } from './xml.js'

interface Input {
  readonly file: string
}

/** Enough that what counts is decoding, and not how soon the engine has compiled it. */
export const lists = 5
const pieceBytes = 64 * 1024

/** The client's own way from the pieces of an answer to rows; what is sent goes nowhere. */
function rowsOf(bytes: Uint8Array): AsyncIterable<readonly Row[]> {
  const answers: Readonly<Record<string, Uint8Array>> = {
    CreateContainerView: simpleAnswer('CreateContainerView', '<returnval type="ContainerView">view-1</returnval>'),
    DestroyView: simpleAnswer('DestroyView', ''),
    RetrievePropertiesEx: bytes,
  }
  const send: Connection['send'] = ({ method }) => {
    const answer = answers[method] ?? new Uint8Array()
    const body = (async function* () {
      for (let start = 0; start < answer.length; start += pieceBytes) yield answer.subarray(start, start + pieceBytes)
    })()
    const response: Pick<TransportResponse, 'status' | 'bytes' | 'body'> = {
      status: 200,
      bytes: () => Promise.resolve(answer),
      body,
    }
    return Promise.resolve(response as TransportResponse) // no more of it is read
  }
  const live = {
    cookie: '',
    content: {
      propertyCollector: reference('PropertyCollector', 'collector'),
      rootFolder: reference('Folder', 'root'),
    },
  } as LiveSession
  // Nothing else of a connection and a session is used.
  const session = { current: () => Promise.resolve(live), redact: (text: string) => text } as Session
  const caller = createCaller({ host: 'bench', send } as Connection, session)
  return retrieve(caller, 'VirtualMachine', properties, { missing: 'allow', pageSize: vms })
}

function simpleAnswer(method: string, content: string): Uint8Array {
  return Buffer.from(
    `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><${method}Response xmlns="urn:vim25">${content}</${method}Response></Body></Envelope>`,
  )
}

function measured({ file }: Input, take: (row: Row) => unknown): Promise<Measured> {
  const bytes = readFileSync(file)
  return Promise.resolve({
    async run() {
      for (let count = 0; count < lists; count += 1) {
        const taken: unknown[] = []
        for await (const rows of rowsOf(bytes)) for (const row of rows) taken.push(take(row))
        if (taken.length !== vms) throw new Error(`${taken.length} VMs instead of ${vms}`)
      }
    },
    close: () => Promise.resolve(),
  })
}

export function clientRows(input: Input): Promise<Measured> {
  return measured(input, (row) => row)
}

export function portVms(input: Input): Promise<Measured> {
  // The rows hold what was read of them.
  return measured(input, (row) => mapVmSummary('bench', row as unknown as Parameters<typeof mapVmSummary>[1]))
}

export async function saxesObjects(input: Input): Promise<Measured> {
  const { run, close } = await saxesOnce(input)
  return {
    async run() {
      for (let count = 0; count < lists; count += 1) await run()
    },
    close,
  }
}
