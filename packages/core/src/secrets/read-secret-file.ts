import { open, realpath } from 'node:fs/promises'
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { HypervisorError } from '../errors/hypervisor-error.js'
import { Secret } from './secret.js'
import { badReference, notASecretReference, secretNotFound } from './secret-errors.js'

const maxBytes = 65_536

/** Reads the file of `file:<path>`; see fileSecrets. */
export async function readSecretFile(reference: string, root: string | undefined): Promise<Secret> {
  const path = reference.startsWith('file:') ? reference.slice(5) : ''
  if (path === '' || path.includes('\0') || (root === undefined && !isAbsolute(path))) {
    throw notASecretReference('write file:/path, with an absolute path')
  }
  try {
    return readSecret(await readText(path, root, reference), reference)
  } catch (thrown) {
    if (HypervisorError.isInstance(thrown)) throw thrown
    throw unreadable(thrown, reference)
  }
}

async function readText(path: string, root: string | undefined, reference: string): Promise<Uint8Array> {
  const real = await realpath(root === undefined ? path : below(root, path))
  if (root !== undefined) below(await realpath(root), real)
  const file = await open(real, 'r')
  try {
    const stat = await file.stat()
    if (!stat.isFile()) throw refused(reference, 'is no regular file')
    if (stat.size > maxBytes) throw refused(reference, `is larger than ${maxBytes} bytes`)
    const buffer = new Uint8Array(maxBytes + 1)
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0)
    if (bytesRead > maxBytes) throw refused(reference, `is larger than ${maxBytes} bytes`)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

function below(root: string, path: string): string {
  const full = resolve(root, path)
  const way = relative(root, full)
  if (way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)) return full
  throw badReference('the reference leads out of the directory that secrets are read from; put the file below it')
}

function readSecret(bytes: Uint8Array, reference: string): Secret {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw refused(reference, 'is no UTF-8 text')
  }
  const value = text.replace(/\r?\n$/, '')
  if (value === '') throw secretNotFound(reference, 'the file is empty')
  return new Secret(value)
}

function unreadable(thrown: unknown, reference: string): HypervisorError {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return secretNotFound(reference, 'there is no such file', thrown)
  if (code === 'EACCES' || code === 'EPERM') {
    const message = `the secret at ${reference} may not be read by this process; give its user read access`
    return new HypervisorError('PERMISSION_DENIED', message, { cause: thrown })
  }
  return refused(reference, `cannot be read (${String(code)})`, thrown)
}

function refused(reference: string, why: string, cause?: unknown): HypervisorError {
  return badReference(`the secret at ${reference} ${why}`, cause)
}
