import { type Bridge, type ClusterNode, nodesInOrder } from '../cluster/cluster.js'
import { failure } from '../http/platform-error.js'
import type { Answer, Call, Operation } from './operation.js'
import { nodeFigures, nodeRow, type Row } from './resource-rows.js'

function listNodes({ world }: Call): Answer {
  const heard = world.timing.statisticsIntervalMs > 0
  const rows = nodesInOrder(world.cluster).map((node) => {
    const { 'cgroup-mode': _, hastate: __, ...row } = nodeRow(world, node)
    return { ...row, ssl_fingerprint: heard ? node.fingerprint256 : null }
  })
  return { data: rows }
}

function actingNode({ world, node }: Call): ClusterNode {
  const found = world.cluster.nodes.get(node)
  if (found === undefined) throw new Error(`node ${node} was let through though it does not exist`)
  return found
}

function nodeStatus(call: Call): Answer {
  const node = actingNode(call)
  const { world } = call
  const figures = nodeFigures(world, node)
  const { version, repoid } = world.traits.version
  const kernel = { sysname: 'Linux', machine: 'x86_64', release: '6.17.2-1-pve', version: '#1 SMP PREEMPT_DYNAMIC' }
  return {
    data: {
      uptime: figures.uptime,
      cpu: figures.cpu,
      wait: 0,
      idle: 0,
      loadavg: ['0.12', '0.18', '0.15'],
      kversion: `${kernel.sysname} ${kernel.release} ${kernel.version}`,
      'current-kernel': kernel,
      pveversion: `pve-manager/${version}/${repoid}`,
      'boot-info': { mode: 'efi', secureboot: 0 },
      cpuinfo: {
        cpus: node.cpus,
        cores: node.cpus / 2,
        sockets: 1,
        model: 'AMD EPYC 9354P 32-Core Processor',
        mhz: '3250.000',
        hvm: '1',
        flags: 'fpu vme svm aes avx avx2',
        user_hz: 100,
      },
      memory: memory(node.memoryBytes, figures.mem),
      rootfs: {
        total: node.rootBytes,
        used: Math.round(node.rootBytes / 4),
        avail: Math.round((node.rootBytes * 3) / 4),
        free: Math.round((node.rootBytes * 3) / 4),
      },
      swap: { total: 0, used: 0, free: 0 },
      ksm: { shared: 0 },
    },
  }
}

function memory(total: number, used: number): Row {
  return { total, used, free: total - used, available: total - used }
}

function nodeNetwork(call: Call): Answer {
  const node = actingNode(call)
  const type = call.parameters.optionalText('type')
  const physical = node.bridges.flatMap((bridge) => (bridge.ports === '' ? [] : [portRow(bridge)]))
  const bridges = node.bridges.map(bridgeRow)
  if (type === undefined) return { data: [...physical, ...bridges] }
  if (['bridge', 'any_bridge', 'any_local_bridge'].includes(type)) return { data: bridges }
  return { data: type === 'eth' ? physical : [] }
}

function bridgeRow(bridge: Bridge): Row {
  const [address, netmask] = bridge.cidr?.split('/') ?? []
  return {
    iface: bridge.name,
    type: 'bridge',
    active: 1,
    autostart: 1,
    priority: 4,
    method: bridge.cidr === undefined ? 'manual' : 'static',
    method6: 'manual',
    families: ['inet'],
    bridge_ports: bridge.ports,
    bridge_stp: 'off',
    bridge_fd: '0',
    ...(bridge.vlanAware ? { bridge_vlan_aware: 1, bridge_vids: '2-4094' } : {}),
    ...(bridge.cidr === undefined ? {} : { cidr: bridge.cidr, address, netmask }),
    ...(bridge.gateway === undefined ? {} : { gateway: bridge.gateway }),
  }
}

function portRow(bridge: Bridge): Row {
  return {
    iface: bridge.ports,
    type: 'eth',
    active: 1,
    exists: 1,
    priority: 3,
    method: 'manual',
    method6: 'manual',
    families: ['inet'],
  }
}

function interfaceOf(call: Call): Answer {
  const name = call.parameters.text('iface')
  const bridge = actingNode(call).bridges.find((known) => known.name === name)
  if (bridge === undefined) throw failure('interface does not exist')
  return { data: bridgeRow(bridge) }
}

function certificates(call: Call): Answer {
  const node = actingNode(call)
  const days = 24 * 3600
  const row = {
    filename: 'pve-ssl.pem',
    fingerprint: node.fingerprint256,
    issuer: `/CN=${call.world.cluster.name}`,
    subject: `/CN=${node.name}`,
    san: [node.name, node.address, 'localhost', '127.0.0.1'],
    notbefore: node.bootedAt - days,
    notafter: node.bootedAt + 700 * days,
    'public-key-type': 'id-ecPublicKey',
    'public-key-bits': 256,
    pem: node.certificatePem,
  }
  return { data: [row] }
}

/** The processor models and machine types a node offers; a handful of the many real ones. */
function cpuModels(): Answer {
  const models = ['host', 'kvm64', 'x86-64-v2-AES', 'x86-64-v3', 'x86-64-v4', 'EPYC-Genoa', 'max']
  return { data: models.map((name) => ({ name, vendor: 'default', custom: 0 })) }
}

function machineTypes(): Answer {
  return {
    data: [
      { id: 'pc-i440fx-10.0', type: 'i440fx', version: '10.0' },
      { id: 'pc-q35-10.0', type: 'q35', version: '10.0' },
    ],
  }
}

export const nodeOperations: readonly Operation[] = [
  { key: 'GET /nodes', run: listNodes },
  { key: 'GET /nodes/{node}/status', run: nodeStatus },
  { key: 'GET /nodes/{node}/version', run: ({ world }) => ({ data: { ...world.traits.version } }) },
  { key: 'GET /nodes/{node}/network', run: nodeNetwork },
  { key: 'GET /nodes/{node}/network/{iface}', run: interfaceOf },
  { key: 'GET /nodes/{node}/certificates/info', run: certificates },
  { key: 'GET /nodes/{node}/capabilities/qemu/cpu', run: cpuModels },
  { key: 'GET /nodes/{node}/capabilities/qemu/machines', run: machineTypes },
]
