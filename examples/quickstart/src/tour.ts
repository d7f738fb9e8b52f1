import { gib, type HypervisorError, type HypervisorPort, type Operation, type Result, type VmInfo } from '@dcm/core'
import type { Endpoint } from './endpoint.js'
import type { HandleFiles } from './handle-files.js'
import { readableBytes, type Screen, table } from './terminal.js'

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
  const { screen, port } = tour
  const tested = await port.testConnection()
  if (!tested.ok) return complain(screen, 'The connection test failed', tested.error)
  const { product, version, principal } = tested.value
  screen.print(`${product} ${version} at ${tour.endpoint.url}${principal ? ` as ${principal}` : ''}`)
  for (const warning of tested.value.warnings) screen.print(`  note: ${warning}`)
  if (!(await showInventory(tour))) return 1

  const resumed = tour.kept.all().filter(({ endpointUrl }) => endpointUrl === tour.endpoint.url)
  for (const { name } of resumed) screen.print(`Going on with '${name}', which an earlier run left unfinished.`)
  screen.print(`\nProvisioning ${names.join(' and ')} from '${tour.endpoint.template}':`)
  const results = await Promise.all(names.map((name) => provision(tour, name)))
  screen.settle()

  const machines = results.flatMap((result) => (result.ok ? [result.value] : []))
  screen.print(`\n${machineTable(machines)}`)
  for (const result of results) if (!result.ok) complain(screen, 'Not provisioned', result.error)
  if (tour.keep) screen.print('\nThe machines are kept; the next run takes them over and removes them.')
  const cleaned = tour.keep || (await cleanUp(tour, machines))
  return cleaned && machines.length === names.length ? 0 : 1
}

async function showInventory({ port, screen }: Tour): Promise<boolean> {
  const [resources, vms] = await Promise.all([port.listResources(), port.listVms()])
  if (!resources.ok) return complain(screen, 'Cannot list the resources', resources.error) === 0
  if (!vms.ok) return complain(screen, 'Cannot list the VMs', vms.error) === 0
  const { clusters, hosts, datastores, networks, templates, problems } = resources.value
  screen.print()
  screen.print(
    table(
      ['kind', 'count', 'names'],
      [
        ['cluster', `${clusters.length}`, clusters.map(({ name }) => name).join(', ')],
        ['host', `${hosts.length}`, hosts.map(({ name, status }) => `${name} (${status})`).join(', ')],
        ['datastore', `${datastores.length}`, [...new Set(datastores.map(({ name }) => name))].join(', ')],
        ['network', `${networks.length}`, [...new Set(networks.map(({ name }) => name))].join(', ')],
        ['template', `${templates.length}`, templates.map(({ name }) => name).join(', ')],
        [
          'VM',
          `${vms.value.items.length}`,
          vms.value.items
            .slice(0, 4)
            .map(({ name, ref }) => name ?? ref.id)
            .join(', '),
        ],
      ],
    ),
  )
  for (const { source, error } of problems) screen.print(`  ${source} did not answer: ${error.message}`)
  return true
}

/** Makes one machine, or goes on making it: the handle in the file decides. */
async function provision(tour: Tour, name: string): Promise<Result<VmInfo>> {
  const { port, endpoint, kept, screen } = tour
  const onCheckpoint: Parameters<typeof port.createVm>[1] = {
    onCheckpoint: (handle) => kept.save({ name, endpointUrl: endpoint.url, handle }),
  }
  const earlier = kept.all().find((entry) => entry.name === name && entry.endpointUrl === endpoint.url)
  const started: Result<Operation> = earlier
    ? await port.resumeOperation(earlier.handle, onCheckpoint)
    : await port.createVm(
        {
          name,
          source: { from: 'template', template: { name: endpoint.template } },
          cpus: 2,
          memoryBytes: gib(2),
          description: 'Made by the quickstart',
          tags: ['quickstart'],
          powerOn: true,
        },
        { ...onCheckpoint, idempotencyKey: `quickstart/${name}` },
      )
  if (!started.ok) return started
  const done = await started.value.wait({ onProgress: (progress) => screen.progress(name, progress) })
  if (!done.ok) {
    kept.remove(name)
    return done
  }
  // Both kinds of operation that are kept here, creations and what resumes them, give the machine.
  return { ok: true, value: done.value as VmInfo }
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

function machineTable(machines: readonly VmInfo[]): string {
  return table(
    ['name', 'id', 'host', 'state', 'cpus', 'memory', 'disks', 'network'],
    machines.map((machine) => [
      machine.name,
      machine.ref.id,
      machine.host ?? '?',
      machine.powerState,
      `${machine.cpus}`,
      readableBytes(machine.memoryBytes),
      machine.disks.map(({ key, capacityBytes }) => `${key} ${readableBytes(capacityBytes)}`).join(', '),
      machine.nics.map(({ network, macAddress }) => `${network ?? '?'} ${macAddress ?? ''}`.trim()).join(', '),
    ]),
  )
}

function complain(screen: Screen, what: string, error: HypervisorError): number {
  screen.print(`${what}: ${error.message} [${error.code}]`)
  return 1
}
