import type { AdapterContext } from '../../adapter.js'
import { HypervisorError } from '../../errors/hypervisor-error.js'
import { collectProblems } from '../../inventory/reference-problems.js'
import { resolveReference } from '../../inventory/resolve-reference.js'
import type { Listing } from '../../model/page.js'
import type { VmRef } from '../../model/references.js'
import type { VmInfo, VmQuery, VmSummary } from '../../model/vm.js'
import { type Connection, isRefusal } from './connection.js'
import { listing } from './inventory.js'
import { mapResources } from './map-resources.js'
import { mapInfo, mapSummary } from './map-vm.js'

/** All VMs, or those of a host, cluster or datacenter. One native call, two with `within`. */
export async function listVms(
  connection: Connection,
  site: string,
  { within }: Pick<VmQuery, 'within'>,
  { signal }: AdapterContext,
): Promise<Listing<VmSummary>> {
  const hosts = within === undefined ? undefined : await hostsWithin(connection, site, within, signal)
  const { vms, silent } = await connection.call('vm.list', {}, signal)
  const now = connection.client.now()
  const fitting = hosts === undefined ? vms : vms.filter(({ host }) => hosts.has(host))
  const missing = hosts === undefined ? silent : silent.filter((host) => hosts.has(host))
  return listing(
    fitting.map((vm) => mapSummary(vm, connection.endpoint, now)),
    missing,
    connection.endpoint,
  )
}

async function hostsWithin(
  connection: Connection,
  site: string,
  within: NonNullable<VmQuery['within']>,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const resources = mapResources(await connection.call('inventory', {}, signal), site)
  const containers = resources.filter(({ kind }) => kind === 'host' || kind === 'cluster' || kind === 'datacenter')
  const problems = collectProblems()
  const place = resolveReference(within, containers, { path: 'within', kind: 'host', containers }, problems)
  problems.throwIfAny('the query')
  const inside = containers.filter(
    ({ kind, id, within: above }) => kind === 'host' && (id === place?.id || above.includes(place?.id ?? '')),
  )
  return new Set(inside.map(({ id }) => id))
}

/** One VM, live. NOT_FOUND also when another VM has its id by now, and for templates. One native call. */
export async function getVm(connection: Connection, ref: VmRef, { signal }: AdapterContext): Promise<VmInfo> {
  const generation = ref.incarnation === undefined ? {} : { generation: ref.incarnation }
  try {
    const vm = await connection.call('vm.read', { id: ref.id, ...generation }, signal)
    if (!vm.template) return mapInfo(vm, connection.endpoint, connection.client.now())
  } catch (reason) {
    if (!isRefusal(reason, 'REPLACED')) throw reason
  }
  throw new HypervisorError('NOT_FOUND', `there is no VM '${ref.id}' (any more); list the VMs to see what is there`, {
    endpoint: connection.endpoint,
    resource: ref.id,
    details: { missing: [{ kind: 'vm', reference: { id: ref.id } }] },
  })
}
