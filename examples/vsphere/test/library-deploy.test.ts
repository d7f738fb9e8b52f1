import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ovfDescriptor } from '../../../packages/vsphere/test/ovf-descriptor.js'
import { findVcsim, startVcsim } from '../../../packages/vsphere/test/vcsim/start-vcsim.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../..', import.meta.url))
const example = ['--import', 'tsx', 'examples/vsphere/src/library-deploy.ts']

/** Puts a small package into a folder for as long as the work takes. */
async function withPackage<Result>(work: (descriptor: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'dcm-ovf-'))
  try {
    const disk = Buffer.alloc(500_000, 9)
    await writeFile(join(folder, 'small.ovf'), ovfDescriptor('small', 'disk-1.img', disk.length))
    await writeFile(join(folder, 'disk-1.img'), disk)
    return await work(join(folder, 'small.ovf'))
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function deploy(environment: NodeJS.ProcessEnv): Promise<void> {
  const { stdout } = await withPackage((descriptor) =>
    run(process.execPath, [...example, descriptor, 'deployed'], { cwd: root, env: environment }),
  )
  expect(stdout).toMatch(/^uploaded 100 %$/m)
  expect(stdout).toMatch(/^deployed \(vm-\d+\) is poweredOn$/m)
}

const binary = await findVcsim()

describe('library-deploy', () => {
  it('uploads with progress, deploys and starts, on the simulator', async () => {
    const { VSPHERE_URL: _url, ...env } = process.env
    await deploy(env)
  })

  it.skipIf(binary === undefined)('and on vcsim', async () => {
    await using vcsim = await startVcsim()
    const { url: VSPHERE_URL, userName: VSPHERE_USER, password: VSPHERE_PASSWORD } = vcsim
    const pin = { VSPHERE_FINGERPRINT256: vcsim.thumbprint256 }
    await deploy({ ...process.env, VSPHERE_URL, VSPHERE_USER, VSPHERE_PASSWORD, ...pin })
    expect(await vcsim.vms()).toContainEqual(expect.objectContaining({ name: 'deployed', numCpu: 2 }))
  })
})
