import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { attachProxmoxSimulatorProcess, startProxmoxSimulatorProcess } from '@dcm/proxmox/simulator'
import { attachVsphereSimulatorProcess, startVsphereSimulatorProcess } from '@dcm/vsphere/simulator'
import { describe, test } from 'vitest'

/** A simulator that a run left, as the tests look at it. */
interface Left {
  /** Is a clone of the template under way? */
  cloning(): Promise<boolean>
  /** Names of all VMs. */
  names(): Promise<readonly string[]>
  close(): Promise<void>
}

const platforms: readonly {
  readonly type: string
  readonly product: string
  readonly machine: RegExp
  attach(stateFile: string): Promise<Left | undefined>
}[] = [
  {
    type: 'proxmox',
    product: 'Proxmox VE',
    machine: /quickstart-(?:web|db)\s+\d+\s+pve\d\s+running.*vmbr0/g,
    async attach(stateFile) {
      const simulator = await attachProxmoxSimulatorProcess(stateFile)
      return (
        simulator && {
          cloning: async () =>
            (await simulator.state()).tasks.some(({ type, running }) => type === 'qmclone' && running),
          names: async () => (await simulator.state()).vms.flatMap(({ name }) => name ?? []),
          close: () => simulator.close(),
        }
      )
    },
  },
  {
    type: 'vsphere',
    product: 'VMware vCenter Server',
    machine: /quickstart-(?:web|db)\s+[-0-9a-f]{36}\s+esx\d\.example\.org\s+running.*VLAN \d+/g,
    async attach(stateFile) {
      const simulator = await attachVsphereSimulatorProcess(stateFile)
      return (
        simulator && {
          cloning: async () => (await simulator.requests()).some(({ path }) => path.endsWith('CloneVM_Task')),
          names: async () => (await simulator.state()).vms.map(({ name }) => name),
          close: () => simulator.close(),
        }
      )
    },
  },
]

const root = fileURLToPath(new URL('../../..', import.meta.url))
const main = join(root, 'examples/quickstart/src/main.ts')

/** Each test in a folder of its own, as they run side by side. */
const it = test.extend<{ readonly folder: string }>({
  async folder({ task: _ }, use) {
    const folder = mkdtempSync(join(tmpdir(), 'dcm-quickstart-'))
    await use(folder)
    for (const { type, attach } of platforms) await (await attach(join(folder, `${type}.simulator.json`)))?.close()
    rmSync(folder, { recursive: true, force: true })
  },
})

/** The quickstart, with nothing configured but `settings`. */
function start(folder: string, args: readonly string[], settings: NodeJS.ProcessEnv = {}): ChildProcess {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:PVE_|VSPHERE_|DCM_)/.test(name)))
  return spawn(process.execPath, ['--import', 'tsx', main, ...args], {
    cwd: root,
    env: { ...env, DCM_QUICKSTART_FOLDER: folder, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** What a run printed and how it ended. */
function ended(child: ChildProcess): Promise<{ output: string; code: number | null }> {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ output, code })))
}

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 4800; attempt += 1) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('waited in vain')
}

const handlesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.operation.json'))

describe.concurrent.each(platforms)('the quickstart on $type', ({ type, product, machine, attach }) => {
  it('provisions, shows a table and cleans up, in a plain pipe without control codes', async ({ expect, folder }) => {
    const { output, code } = await ended(start(folder, [type]))
    expect(code, output).toBe(0)
    expect(output).toContain(product)
    expect(output.match(machine), output).toHaveLength(2)
    expect(output).toContain('as it was before')
    expect(output).not.toContain(String.fromCharCode(27))
    expect(readdirSync(folder)).toEqual([])
  }, 300_000)

  it('killed in the middle of a clone and started again, ends with exactly one VM a name', async ({
    expect,
    folder,
  }) => {
    const killed = start(folder, [type])
    const end = ended(killed)
    const simulator = await until(() => attach(join(folder, `${type}.simulator.json`)))
    await until(async () => (await simulator.cloning()) || undefined)
    killed.kill('SIGKILL')
    expect((await end).code).toBeNull()
    expect(handlesIn(folder).length).toBeGreaterThan(0)
    for (const name of handlesIn(folder)) expect(readFileSync(join(folder, name), 'utf8')).not.toContain('secretValue')

    const { output, code } = await ended(start(folder, [type, '--keep']))
    expect(code, output).toBe(0)
    expect(output).toContain('Going on with')
    const names = await simulator.names()
    for (const name of ['quickstart-web', 'quickstart-db']) {
      expect(
        names.filter((each) => each === name),
        output,
      ).toHaveLength(1)
    }

    const last = await ended(start(folder, [type]))
    expect(last.code, last.output).toBe(0)
    expect(await attach(join(folder, `${type}.simulator.json`))).toBeUndefined()
  }, 300_000)
})

describe.concurrent('the quickstart', () => {
  it('takes a vCenter from the environment', async ({ expect, folder }) => {
    await using simulator = await startVsphereSimulatorProcess({ speed: 20 })
    const { output, code } = await ended(
      start(folder, [], {
        VSPHERE_URL: simulator.url,
        VSPHERE_USER: simulator.credentials.username,
        VSPHERE_PASSWORD: simulator.credentials.password,
        VSPHERE_FINGERPRINT256: simulator.fingerprint256,
        VSPHERE_TEMPLATE: 'windows-2022',
      }),
    )
    expect(code, output).toBe(0)
    expect(output).toContain(simulator.url)
    expect(output).toContain("from 'windows-2022'")
  }, 300_000)

  it('takes a cluster from a file, but not for another platform', async ({ expect, folder }) => {
    await using simulator = await startProxmoxSimulatorProcess({ timing: { taskFactor: 0.05 } })
    const file = join(folder, 'cluster.json')
    const { tokenId, tokenSecret } = simulator.credentials
    const auth = { tokenId, secret: { secretRef: 'env:QUICKSTART_TOKEN' } }
    const { url, port, fingerprint256 } = simulator
    const address = { host: '127.0.0.1', port, fingerprint256 }
    writeFileSync(file, JSON.stringify({ type: 'proxmox', ...address, auth, template: 'alma-10' }))
    const settings = { DCM_CONFIG: file, QUICKSTART_TOKEN: tokenSecret }
    const { output, code } = await ended(start(folder, [], settings))
    expect(code, output).toBe(0)
    expect(output).toContain(url)
    expect(output).toContain("from 'alma-10'")
    await simulator.clearRequests()
    const other = await ended(start(folder, ['vsphere'], settings))
    expect(other.code, other.output).toBe(1)
    expect(other.output).toContain("holds an endpoint of type 'proxmox'")
    expect(await simulator.requests()).toEqual([])
  }, 300_000)

  it('says what can be asked of it', async ({ expect, folder }) => {
    const { output, code } = await ended(start(folder, ['xen']))
    expect(code).toBe(1)
    expect(output).toContain('not known: xen')
    expect(output).toContain('npm start -- [proxmox | vsphere] [--keep]')
  })
})
