import type { Resources, VmInfo, VmSummary } from '@dcm/core'
import { readableBytes, table } from './terminal.js'

export function inventoryTable(resources: Resources, vms: readonly VmSummary[]): string {
  const { clusters, hosts, datastores, networks, templates } = resources
  const names = (all: readonly { readonly name: string }[]) => [...new Set(all.map(({ name }) => name))].join(', ')
  return table(
    ['kind', 'count', 'names'],
    [
      ['cluster', `${clusters.length}`, names(clusters)],
      ['host', `${hosts.length}`, hosts.map(({ name, status }) => `${name} (${status})`).join(', ')],
      ['datastore', `${datastores.length}`, names(datastores)],
      ['network', `${networks.length}`, names(networks)],
      ['template', `${templates.length}`, names(templates)],
      [
        'VM',
        `${vms.length}`,
        vms
          .slice(0, 4)
          .map(({ name, ref }) => name ?? ref.id)
          .join(', '),
      ],
    ],
  )
}

export function machineTable(machines: readonly VmInfo[], { hosts, networks }: Resources): string {
  return table(
    ['name', 'id', 'host', 'state', 'cpus', 'memory', 'disks', 'network'],
    machines.map((machine) => [
      machine.name,
      machine.ref.id,
      nameOf(hosts, machine.host),
      machine.powerState,
      `${machine.cpus}`,
      readableBytes(machine.memoryBytes),
      machine.disks.map(({ key, capacityBytes }) => `${key} ${readableBytes(capacityBytes)}`).join(', '),
      machine.nics
        .map(({ network, macAddress }) => `${nameOf(networks, network)} ${macAddress ?? ''}`.trim())
        .join(', '),
    ]),
  )
}

/** What people call the resource of this id. */
function nameOf(resources: readonly { readonly id: string; readonly name: string }[], id = '?'): string {
  return resources.find((each) => each.id === id)?.name ?? id
}
