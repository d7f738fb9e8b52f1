import { constants } from 'node:buffer'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { TransportResponse } from '@dcm/wire'

const unzipBytes = promisify(gunzip)
/** A body that was compressed without saying so and cannot be unpacked: broken, or larger than any answer may be. */
export class UnreadableBody extends Error {}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

async function unzip(bytes: Uint8Array, maxBodyBytes: number): Promise<Uint8Array> {
  try {
    return await unzipBytes(bytes, { maxOutputLength: Math.min(maxBodyBytes, constants.MAX_LENGTH) })
  } catch (cause) {
    const isTooLarge = cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE'
    if (isTooLarge)
      throw new UnreadableBody(
        `the body unpacks to more than ${maxBodyBytes} bytes: raise maxBodyBytes if that is expected`,
        { cause },
      )
    throw new UnreadableBody('the compressed body cannot be unpacked', { cause })
  }
}

/** The whole body. Some servers compress without saying so: then the transport has not counted what it unpacks to. */
export async function readBody(response: TransportResponse, maxBodyBytes: number): Promise<Uint8Array> {
  const bytes = await response.bytes()
  return isGzip(bytes) ? unzip(bytes, maxBodyBytes) : bytes
}

/** The body as it arrives; one that is compressed without saying so arrives as a whole. */
export async function* streamBody(
  response: TransportResponse,
  maxBodyBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let compressed: Uint8Array[] | undefined
  let first = true
  for await (const chunk of response.body) {
    if (first && isGzip(chunk)) compressed = []
    first = false
    if (compressed === undefined) yield chunk
    else compressed.push(chunk)
  }
  if (compressed !== undefined) yield await unzip(Buffer.concat(compressed), maxBodyBytes)
}
