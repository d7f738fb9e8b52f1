import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { vsphereConfigSchema } from './config.js'
import { packageVersion } from './version.js'

async function problems(config: unknown): Promise<readonly string[]> {
  const result = await vsphereConfigSchema['~standard'].validate(config)
  return (result.issues ?? []).map(({ path, message }) => `${path?.join('.')}: ${message}`)
}

const auth = { username: 'ops@vsphere.local', password: { secretRef: 'env:VCENTER' } }

it('takes a connection', async () => {
  expect(await problems({ url: 'https://vcenter.example.com', auth })).toEqual([])
  expect(
    await problems({ url: 'https://vcenter.example.com/sdk', auth, fingerprint1: `${'AB:'.repeat(19)}CD` }),
  ).toEqual([])
})

it.each([
  ['http://vcenter.example.com', 'https://'],
  ['https://user:pw@vcenter.example.com', 'credentials'],
  ['https://vcenter.example.com/ui/', 'web interface'],
  ['vcenter', 'must look like'],
])('refuses the address %s', async (url, said) => {
  const [first, ...more] = await problems({ url, auth })
  expect(first).toContain(said)
  expect(more).toEqual([])
})

it('refuses a fingerprint of the wrong length, and a path for a certificate', async () => {
  const found = await problems({ url: 'https://vc', auth, fingerprint256: 'AB:CD', ca: '/etc/ca.pem' })
  expect(found).toHaveLength(2)
})

it('knows the version of its package', async () => {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  expect(JSON.parse(text)).toMatchObject({ version: packageVersion })
})
