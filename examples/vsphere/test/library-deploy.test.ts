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

describe.skipIf((await findVcsim()) === undefined)('library-deploy against vcsim', () => {
  it('uploads with progress, deploys and starts', { timeout: 120_000 }, async () => {
    await using vcsim = await startVcsim()
    const folder = await mkdtemp(join(tmpdir(), 'dcm-ovf-'))
    try {
      const disk = Buffer.alloc(500_000, 9)
      await writeFile(join(folder, 'small.ovf'), ovfDescriptor('small', 'disk-1.img', disk.length))
      await writeFile(join(folder, 'disk-1.img'), disk)
      const env = {
        ...process.env,
        VSPHERE_URL: vcsim.url,
        VSPHERE_USER: vcsim.userName,
        VSPHERE_PASSWORD: vcsim.password,
        VSPHERE_FINGERPRINT256: vcsim.thumbprint256,
      }
      const words = [...example, join(folder, 'small.ovf'), 'deployed']
      const { stdout } = await run(process.execPath, words, { cwd: root, env })
      expect(stdout).toMatch(/^uploaded 100 %$/m)
      expect(stdout).toMatch(/^deployed \(vm-\d+\) is poweredOn$/m)
      expect(await vcsim.vms()).toContainEqual(expect.objectContaining({ name: 'deployed', numCpu: 2 }))
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
