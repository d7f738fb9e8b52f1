import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { attachProxmoxSimulatorProcess, type NativeVm } from '@dcm/proxmox/simulator'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const main = join(root, 'examples/quickstart/src/main.ts')
let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dcm-quickstart-'))
})

afterEach(async () => {
  const left = await attachProxmoxSimulatorProcess(join(folder, 'simulator.json'))
  await left?.close()
  rmSync(folder, { recursive: true, force: true })
})

function start(...flags: string[]): ChildProcess {
  const { PVE_URL: _url, DCM_CONFIG: _config, ...env } = process.env
  return spawn(process.execPath, ['--import', 'tsx', main, ...flags], {
    cwd: root,
    env: { ...env, DCM_QUICKSTART_FOLDER: folder },
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

async function until<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error('waited in vain')
}

const named = (vms: readonly NativeVm[], name: string) => vms.filter((vm) => vm.name === name)

describe('quickstart', () => {
  it('provisions, shows a table and cleans up, in a plain pipe without control codes', async () => {
    const { output, code } = await ended(start())
    expect(code, output).toBe(0)
    expect(output).toContain('Proxmox VE')
    expect(output).toMatch(/quickstart-web\s+\d+\s+pve\d\s+running/)
    expect(output).toMatch(/quickstart-db\s+\d+\s+pve\d\s+running/)
    expect(output).toContain('as it was before')
    expect(output).not.toContain(String.fromCharCode(27))
    expect(readdirSync(folder)).toEqual([])
  }, 90_000)

  it('killed in the middle of a clone and started again, ends with exactly one VM a name', async () => {
    const killed = start()
    const end = ended(killed)
    const simulator = await until(() => attachProxmoxSimulatorProcess(join(folder, 'simulator.json')))
    await until(async () => (await simulator.state()).tasks.find((task) => task.type === 'qmclone' && task.running))
    killed.kill('SIGKILL')
    expect((await end).code).toBeNull()
    const handles = readdirSync(folder).filter((name) => name.endsWith('.operation.json'))
    expect(handles.length).toBeGreaterThan(0)
    for (const name of handles) expect(readFileSync(join(folder, name), 'utf8')).not.toContain('secretValue')

    const { output, code } = await ended(start('--keep'))
    expect(code, output).toBe(0)
    expect(output).toContain('Going on with')
    const { vms } = await simulator.state()
    for (const name of ['quickstart-web', 'quickstart-db']) expect(named(vms, name), output).toHaveLength(1)

    const last = await ended(start())
    expect(last.code, last.output).toBe(0)
  }, 120_000)
})
