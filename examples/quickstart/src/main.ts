// The main job: provision two virtual machines from a template, on a built-in simulator or on your own endpoint.
// Kill it whenever you like and start it again: it goes on where it was, and never makes a machine twice.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createRegistry } from '@dcm/core'
import { proxmox } from '@dcm/proxmox'
import { vsphere } from '@dcm/vsphere'
import { addressOf, configuredEndpoint, type Endpoint } from './endpoint.js'
import { handleFiles } from './handle-files.js'
import type { Platform } from './platforms/platform.js'
import { proxmoxPlatform } from './platforms/proxmox.js'
import { vspherePlatform } from './platforms/vsphere.js'
import { createScreen } from './terminal.js'
import { runTour } from './tour.js'

const usage = `npm start -- [proxmox | vsphere] [--keep]

  proxmox, vsphere  the platform; its simulator where no endpoint of it is configured (proxmox)
  --keep            leave the machines, and the simulator, for you to look at`

const platforms: readonly [Platform, ...Platform[]] = [proxmoxPlatform, vspherePlatform]
const folder = process.env.DCM_QUICKSTART_FOLDER ?? fileURLToPath(new URL('../../../.dcm-quickstart/', import.meta.url))
const screen = createScreen()

async function run(endpoint: Endpoint, keep: boolean): Promise<number> {
  const connected = await createRegistry([proxmox, vsphere]).connectUnknown(endpoint.config)
  if (!connected.ok) {
    screen.print(`Cannot connect: ${connected.error.message}`)
    return 1
  }
  const port = connected.value
  try {
    return await runTour({ port, endpoint, screen, kept: handleFiles(folder, addressOf(endpoint.config)), keep })
  } finally {
    await port.close()
  }
}

async function main(): Promise<number> {
  const { keep, platform } = readArguments()
  const configured = configuredEndpoint(platform ? [platform] : platforms, process.env, process.cwd())
  if (configured) return await run(configured, keep)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const simulator = await (platform ?? platforms[0]).simulate(folder)
  const code = await run(simulator, keep)
  if (!keep) await simulator.close()
  return code
}

/** Throws with the usage where the arguments say nothing. */
function readArguments(): { readonly keep: boolean; readonly platform: Platform | undefined } {
  try {
    const { values, positionals } = parseArgs({ options: { keep: { type: 'boolean' } }, allowPositionals: true })
    const [type] = positionals
    const platform = platforms.find((each) => each.type === type)
    if (positionals.length > 1 || (type !== undefined && platform === undefined)) {
      throw new Error(`not known: ${positionals.join(' ')}`)
    }
    return { keep: values.keep ?? false, platform }
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n\n${usage}`)
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  screen.print(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
