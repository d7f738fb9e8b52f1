import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

/** A platform that serves in a process of its own. */
export interface MemoryProcess {
  readonly url: string
  readonly token: string
  close(): Promise<void>
}

/** Starts the built package's own server, which ends with its standard input: also when this process is killed. */
export async function startMemoryProcess(options: readonly string[] = []): Promise<MemoryProcess> {
  const entry = createRequire(import.meta.url).resolve('@dcm/core/memory/main')
  const child = spawn(process.execPath, [entry, '--clock', 'real', '--until-input-ends', ...options], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the memory platform ended with ${code}: build the package first`)))
  })
  // Printed by our own process entry.
  const { url, token } = JSON.parse(line) as { readonly url: string; readonly token: string }
  return {
    url,
    token,
    close() {
      child.stdin.end()
      return ended
    },
  }
}
