import type { CertificateAuthority, IssuedCertificate } from '@dcm/wire/loopback'
import { createClock } from '@dcm/wire/loopback'
import { createPermissions } from './access/permissions.js'
import { createTicketOffice } from './access/tickets.js'
import { timingOf } from './clock/timing.js'
import type { Cluster } from './cluster/cluster.js'
import { publishStatistics } from './cluster/statistics.js'
import { createTaskFaults } from './faults/task-faults.js'
import type { ProxmoxSimulatorOptions } from './options.js'
import { traitsOf } from './schema/release.js'
import { releaseFilter } from './schema/release-filter.js'
import { type RootCredentials, seedAccess } from './seed/seed-access.js'
import { nodeNames, seedCluster } from './seed/seed-cluster.js'
import { createLockTable } from './tasks/locks.js'
import { createTaskBoard } from './tasks/task-board.js'
import type { World } from './world.js'

export interface WorldParts {
  readonly options: ProxmoxSimulatorOptions
  readonly authority: CertificateAuthority
  readonly root: RootCredentials
}

export interface NewWorld {
  readonly world: World
  /** What the contacted node presents. */
  readonly certificate: IssuedCertificate
}

/** Puts a simulated cluster together; the large tables of the schema are loaded here, at first use. */
export async function createWorld({ options, authority, root }: WorldParts): Promise<NewWorld> {
  const [{ operationFacts }, { presence }] = await Promise.all([
    import('../generated/operation-facts.js'),
    import('../generated/presence.js'),
  ])
  const release = options.release ?? '9.2'
  const clock = createClock()
  const timing = timingOf(options.speed ?? 1, options.timing)
  const seed = options.seed ?? {}
  const [contactNode = 'pve1'] = nodeNames(seed)
  const certificates = new Map<string, IssuedCertificate>()
  const certificateOf = (node: string, address: string): IssuedCertificate => {
    const own = node === contactNode ? [options.host ?? '127.0.0.1', 'localhost', '::1'] : []
    const certificate = authority.issue([...new Set([node, address, '127.0.0.1', ...own])])
    certificates.set(node, certificate)
    return certificate
  }
  const cluster = seedCluster(seed, certificateOf, clock.now())
  const access = seedAccess(seed, root)
  const taskFaults = createTaskFaults()
  const world: World = {
    release,
    traits: traitsOf(release),
    cluster,
    clock,
    timing,
    access,
    permissions: createPermissions(access, release, (path) => poolOf(cluster, path)),
    tickets: createTicketOffice(() => clock.seconds()),
    tasks: createTaskBoard({
      clock,
      factor: () => world.timing.taskFactor,
      faults: taskFaults,
      bootedAt: (node) => cluster.nodes.get(node)?.bootedAt ?? 0,
    }),
    taskFaults,
    locks: createLockTable(clock),
    facts: operationFacts,
    ...releaseFilter(presence, release),
    contactNode,
    authorityPem: authority.certificatePem,
    switches: {
      leaveVolumes: 0,
      jsonMessage: options.jsonMessage ?? true,
      retireConnections: 0,
      takeNextIds: 0,
      answerDelayMs: 0,
      lenientBridges: options.lenientBridges ?? false,
    },
    consoles: new Map(),
  }
  if (timing.statisticsIntervalMs > 0) {
    clock.every(timing.statisticsIntervalMs, () => publishStatistics(cluster, clock.now()))
  } else {
    for (const vm of cluster.vms.values()) vm.published = undefined
  }
  const certificate = certificates.get(contactNode)
  if (certificate === undefined) throw new Error('the contacted node has no certificate')
  return { world, certificate }
}

/** The pool whose grants also hold at a path of a guest or a storage. */
function poolOf(cluster: Cluster, path: string): string | undefined {
  const vmid = /^\/vms\/(\d+)$/.exec(path)?.[1]
  if (vmid !== undefined) return cluster.vms.get(Number(vmid))?.pool
  const storage = /^\/storage\/([^/]+)$/.exec(path)?.[1]
  if (storage === undefined) return undefined
  return [...cluster.pools.values()].find((pool) => pool.storages.has(storage))?.id
}
