import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ErrorCode } from '../errors/error-codes.js'
import { HypervisorError } from '../errors/hypervisor-error.js'
import { combineSecrets, envSecrets } from './env-secrets.js'
import { fileSecrets } from './file-secrets.js'
import { defaultSecrets, resolveSecretInput } from './resolve-secret.js'
import { Secret, type SecretResolver } from './secret.js'

async function failure(work: Promise<unknown>): Promise<HypervisorError> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (HypervisorError.isInstance(thrown)) return thrown
  throw new Error(`expected a HypervisorError, got ${inspect(thrown)}`)
}

describe('Secret', () => {
  it('shows its value to reveal() alone', () => {
    const secret = new Secret('hunter2')
    const shown = [String(secret), JSON.stringify({ secret }), inspect({ secret }, { showHidden: true }), `${secret}`]
    for (const text of shown) expect(text).not.toContain('hunter2')
    expect(secret.reveal()).toBe('hunter2')
    expect(secret.equals(new Secret('hunter2'))).toBe(true)
    expect(secret.equals(new Secret('other'))).toBe(false)
  })
})

describe('envSecrets', () => {
  const resolver = envSecrets({ TOKEN: 'value', EMPTY: '' })

  it('gives the value of the variable', async () => {
    expect((await resolver.resolve('env:TOKEN')).reveal()).toBe('value')
  })

  it.each([
    ['env:OTHER', 'not set'],
    ['env:EMPTY', 'empty'],
    ['env:__proto__', 'not set'],
  ])('NOT_FOUND for %s', async (reference, why) => {
    const error = await failure(resolver.resolve(reference))
    expect(error.code).toBe('NOT_FOUND')
    expect(error.message).toContain(why)
  })

  it('does not show what is no name: it may be the secret', async () => {
    const error = await failure(resolver.resolve('env:hunter2!'))
    expect(error.code).toBe('INVALID_ARGUMENT')
    expect(inspect(error)).not.toContain('hunter2')
  })

  it('reads the process environment at the moment of the call', async () => {
    const live = envSecrets()
    process.env.DCM_TEST_SECRET = 'first'
    expect((await live.resolve('env:DCM_TEST_SECRET')).reveal()).toBe('first')
    process.env.DCM_TEST_SECRET = 'second'
    expect((await live.resolve('env:DCM_TEST_SECRET')).reveal()).toBe('second')
    delete process.env.DCM_TEST_SECRET
  })
})

describe('combineSecrets', () => {
  const custom: SecretResolver = {
    resolve: async (reference) => new Secret(reference === 'vault:a' ? 'from vault' : ''),
  }
  const resolver = combineSecrets({ env: envSecrets({ TOKEN: 'value' }), vault: custom })

  it('chooses by scheme', async () => {
    expect((await resolver.resolve('env:TOKEN')).reveal()).toBe('value')
    expect((await resolver.resolve('vault:a')).reveal()).toBe('from vault')
  })

  it('refuses an unknown scheme, naming the known ones and never the reference', async () => {
    for (const reference of ['hunter2', 'hunter2:x', 'constructor:x', '']) {
      const error = await failure(resolver.resolve(reference))
      expect(error.code).toBe('INVALID_ARGUMENT')
      expect(error.message).toContain('no secret reference: it must begin with env: or vault:')
      expect(error.details).toMatchObject({ problems: [{ path: 'secretRef', message: error.message }] })
      expect(error.message).toContain('{ secretValue }')
      expect(inspect(error)).not.toContain('hunter2')
    }
  })

  it('takes no empty secret', async () => {
    expect((await failure(resolver.resolve('vault:b'))).code).toBe('NOT_FOUND')
  })
})

describe('fileSecrets', () => {
  let root = ''

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'dcm-secrets-'))
    await mkdir(join(root, 'inside/..data'), { recursive: true })
    await writeFile(join(root, 'inside/..data/token'), 'a token\n\n')
    await symlink('..data/token', join(root, 'inside/linked'))
    await writeFile(join(root, 'windows'), 'a token\r\n')
    await writeFile(join(root, 'outside'), 'not yours')
    await symlink('../outside', join(root, 'inside/escape'))
    await writeFile(join(root, 'empty'), '\n')
    await writeFile(join(root, 'binary'), new Uint8Array([0xff, 0xfe, 0x00]))
    await writeFile(join(root, 'large'), 'x'.repeat(65_537))
    await writeFile(join(root, 'largest'), 'x'.repeat(65_536))
    await writeFile(join(root, 'locked'), 'x')
    await chmod(join(root, 'locked'), 0)
  })

  afterAll(() => rm(root, { recursive: true, force: true }))

  it('trims exactly one final newline', async () => {
    const resolver = fileSecrets()
    expect((await resolver.resolve(`file:${root}/inside/..data/token`)).reveal()).toBe('a token\n')
    expect((await resolver.resolve(`file:${root}/windows`)).reveal()).toBe('a token')
    expect((await resolver.resolve(`file:${root}/largest`)).reveal()).toHaveLength(65_536)
  })

  it('reads below its root, through links that stay inside', async () => {
    const resolver = fileSecrets({ root: join(root, 'inside') })
    expect((await resolver.resolve('file:linked')).reveal()).toBe('a token\n')
    expect((await resolver.resolve(`file:${root}/inside/linked`)).reveal()).toBe('a token\n')
  })

  it.each(['file:../outside', 'file:escape', 'file:..', 'file:/etc/hostname'])(
    'does not leave its root by %s',
    async (reference) => {
      const error = await failure(fileSecrets({ root: join(root, 'inside') }).resolve(reference))
      expect(error).toMatchObject({ code: 'INVALID_ARGUMENT', details: { problems: [{ path: 'secretRef' }] } })
    },
  )

  it.each<[string, ErrorCode, string]>([
    ['missing', 'NOT_FOUND', 'no such file'],
    ['windows/x', 'NOT_FOUND', 'no such file'],
    ['empty', 'NOT_FOUND', 'empty'],
    ['inside', 'INVALID_ARGUMENT', 'no regular file'],
    ['binary', 'INVALID_ARGUMENT', 'no UTF-8'],
    ['large', 'INVALID_ARGUMENT', 'larger than 65536'],
  ])('%s: %s', async (name, code, text) => {
    const error = await failure(fileSecrets().resolve(`file:${root}/${name}`))
    expect(error.code).toBe(code)
    expect(error.message).toContain(text)
  })

  it.skipIf(process.getuid?.() === 0)('says when it has no right to read', async () => {
    expect((await failure(fileSecrets().resolve(`file:${root}/locked`))).code).toBe('PERMISSION_DENIED')
  })

  it('wants an absolute path where it has no root', async () => {
    for (const reference of ['file:relative', 'file:', 'other', 'file:/a\0b']) {
      expect((await failure(fileSecrets().resolve(reference))).code).toBe('INVALID_ARGUMENT')
    }
  })
})

describe('resolveSecretInput', () => {
  it('takes a value as it is and resolves a reference', async () => {
    const resolver = combineSecrets({ env: envSecrets({ TOKEN: 'value' }) })
    expect((await resolveSecretInput({ secretValue: 'inline' }, resolver)).reveal()).toBe('inline')
    expect((await resolveSecretInput({ secretRef: 'env:TOKEN' }, resolver)).reveal()).toBe('value')
  })

  it('knows env: and file: by default', async () => {
    expect((await failure(defaultSecrets().resolve('vault:x'))).message).toContain('env: or file:')
  })
})
