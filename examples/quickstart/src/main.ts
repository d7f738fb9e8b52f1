// The main job: provision two virtual machines from a template, on the built-in simulator or on your own cluster.
// Kill it whenever you like and start it again: it goes on where it was, and never makes a machine twice.
import { fileURLToPath } from 'node:url'
import { createRegistry } from '@dcm/core'
import { proxmox } from '@dcm/proxmox'
import { configuredEndpoint, type Endpoint } from './endpoint.js'
import { handleFiles } from './handle-files.js'
import { simulatedEndpoint } from './simulator.js'
import { createScreen } from './terminal.js'
import { runTour } from './tour.js'

const folder = process.env.DCM_QUICKSTART_FOLDER ?? fileURLToPath(new URL('../../../.dcm-quickstart/', import.meta.url))
/** `npm start -- --keep` leaves the machines, and the simulator, for you to look at. */
const keep = process.argv.includes('--keep')
const screen = createScreen()

async function run(endpoint: Endpoint): Promise<number> {
  const connected = await createRegistry([proxmox]).connectUnknown(endpoint.config)
  if (!connected.ok) {
    screen.print(`Cannot connect: ${connected.error.message}`)
    return 1
  }
  const port = connected.value
  try {
    return await runTour({ port, endpoint, screen, kept: handleFiles(folder), keep })
  } finally {
    await port.close()
  }
}

const configured = configuredEndpoint(process.env, process.cwd())
if (configured) process.exitCode = await run(configured)
else {
  const simulator = await simulatedEndpoint(folder)
  process.exitCode = await run(simulator)
  if (!keep) await simulator.close()
}
