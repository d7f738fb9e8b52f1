import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Runs an example against the simulated vCenter and gives what it printed. */
function run(example: string, ...words: string[]): Promise<{ readonly output: string; readonly code: number | null }> {
  const { VSPHERE_URL: _url, ...env } = process.env
  const child = spawn(process.execPath, ['--import', 'tsx', `examples/vsphere/src/${example}.ts`, ...words], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  }
  return new Promise((resolve) => child.once('close', (code) => resolve({ output, code })))
}

describe('the vSphere examples against the simulator', () => {
  it('list-vms prints a line for each VM', async () => {
    const { output, code } = await run('list-vms')
    expect(code, output).toBe(0)
    expect(output).toMatch(/^debian-13-cloud +poweredOff +\d+ CPU {2}\d+ MiB$/m)
    expect(output).toMatch(/ poweredOn +\d+ CPU {2}\d+ MiB/)
  })

  it('watch-changes tells what happens after all VMs were told', async () => {
    const { output, code } = await run('watch-changes')
    expect(code, output).toBe(0)
    expect(output).toMatch(/^watching \d+ VMs and templates\n\S+: poweredOff\n$/)
  })

  it('guest-exec runs a program and reads a file, in the VM that is named', async () => {
    const { output, code } = await run('guest-exec')
    expect(code, output).toBe(0)
    expect(output).toMatch(/ended with 1\n\S+\ncat: \/etc\/none: No such file or directory\n\/etc\/hostname: \S+\n$/)
    const other = await run('guest-exec', 'no-such-vm')
    expect([other.code, other.output.includes('there is no no-such-vm')]).toEqual([1, true])
  })

  it('snapshot-and-clone prints the tree, the progress and the clone', async () => {
    const { output, code } = await run('snapshot-and-clone')
    expect(code, output).toBe(0)
    expect(output).toMatch(/^before the upgrade\n {2}after it \(the VM runs on top of it\)\n/)
    expect(output).toMatch(/^make: \d+ %$/m)
    expect(output).toMatch(/\nexample-clone is stopped\n$/)
  })
})
