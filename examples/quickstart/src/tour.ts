import type { HypervisorError, HypervisorPort, Resources, VmInfo } from '@dcm/core'
import { addressOf, type Endpoint } from './endpoint.js'
import type { HandleFiles } from './handle-files.js'
import { provision } from './provision.js'
import { inventoryTable, machineTable } from './tables.js'
import type { Screen } from './terminal.js'

/** What the tour needs. */
export interface Tour {
  readonly port: HypervisorPort
  readonly endpoint: Endpoint
  readonly screen: Screen
  readonly kept: HandleFiles
  /** Leave the machines. */
  readonly keep: boolean
}

const names = ['quickstart-web', 'quickstart-db'] as const

/** Tests the connection, shows what is there, provisions, shows the result, cleans up. Answers the exit code. */
export async function runTour(tour: Tour): Promise<number> {
  const { screen, port, kept } = tour
  const { template } = tour.endpoint
  const tested = await port.testConnection()
  if (!tested.ok) return complain(screen, 'The connection test failed', tested.error)
  const { product, version, principal } = tested.value
  screen.print(`${product} ${version} at ${addressOf(tour.endpoint.config)}${principal ? ` as ${principal}` : ''}`)
  for (const warning of tested.value.warnings) screen.print(`  note: ${warning}`)
  const resources = await showInventory(tour)
  if (!resources) return 1

  for (const { name } of kept.all()) screen.print(`Going on with '${name}', which an earlier run left unfinished.`)
  screen.print(`\nProvisioning ${names.join(' and ')} from '${template}':`)
  const results = await Promise.all(names.map((name) => provision({ port, template, screen, kept }, name)))
  screen.settle()

  const machines = results.flatMap((result) => (result.ok ? [result.value] : []))
  screen.print(`\n${machineTable(machines, resources)}`)
  for (const result of results) if (!result.ok) complain(screen, 'Not provisioned', result.error)
  if (kept.all().length > machines.length) screen.print('The next run goes on with what this one left unfinished.')
  if (tour.keep) screen.print('\nThe machines are kept; the next run takes them over and removes them.')
  const cleaned = tour.keep || (await cleanUp(tour, machines))
  return cleaned && machines.length === names.length ? 0 : 1
}

/** What is there; undefined, and said why, where it cannot be read. */
async function showInventory({ port, screen }: Tour): Promise<Resources | undefined> {
  const [resources, vms] = await Promise.all([port.listResources(), port.listVms()])
  if (!resources.ok) {
    complain(screen, 'Cannot list the resources', resources.error)
    return undefined
  }
  if (!vms.ok) {
    complain(screen, 'Cannot list the VMs', vms.error)
    return undefined
  }
  screen.print(`\n${inventoryTable(resources.value, vms.value.items)}`)
  for (const { source, error } of resources.value.problems) screen.print(`  ${source} did not answer: ${error.message}`)
  return resources.value
}

async function cleanUp({ port, screen, kept }: Tour, machines: readonly VmInfo[]): Promise<boolean> {
  if (machines.length === 0) return true
  screen.print('\nCleaning up what this run made:')
  const removed = await Promise.all(
    machines.map(async (machine) => {
      const deletion = await port.deleteVm(machine.ref, { force: true })
      const report = deletion.ok
        ? await deletion.value.wait({ onProgress: (progress) => screen.progress(machine.name, progress) })
        : deletion
      if (report.ok) kept.remove(machine.name)
      return { machine, report }
    }),
  )
  screen.settle()
  for (const { machine, report } of removed) {
    if (!report.ok) complain(screen, `'${machine.name}' is still there`, report.error)
    else if (report.value.left.length > 0) screen.print(`  left of ${machine.name}: ${report.value.left.join(', ')}`)
  }
  const good = removed.every(({ report }) => report.ok)
  if (good) screen.print('Done: the endpoint is as it was before.')
  return good
}

function complain(screen: Screen, what: string, error: HypervisorError): number {
  screen.print(`${what}: ${error.message} [${error.code}]`)
  return 1
}
