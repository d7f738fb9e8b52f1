// Takes a snapshot of a VM, prints the tree of them, and clones the VM: npx tsx examples/vsphere/src/snapshot-and-clone.ts [VM [name of the clone]]
import { createRegistry, type SnapshotNode, snapshotTree, unwrap } from '@dcm/core'
import { vsphere } from '@dcm/vsphere'
import { openEndpoint } from './endpoint.js'

const endpoint = await openEndpoint()
const { url, fingerprint256, auth } = endpoint
const port = unwrap(
  await createRegistry([vsphere]).connect({
    type: 'vsphere',
    endpoint: 'example',
    url,
    ...(fingerprint256 !== undefined && { fingerprint256 }),
    auth: { username: auth.username, password: { secretValue: auth.password } },
  }),
)

function print(nodes: readonly SnapshotNode[], current: string | undefined, depth = 0): void {
  for (const { id, name, children } of nodes) {
    console.log(`${'  '.repeat(depth)}${name}${id === current ? ' (the VM runs on top of it)' : ''}`)
    print(children, current, depth + 1)
  }
}

const [wanted, name = 'example-clone'] = process.argv.slice(2)
try {
  const { items } = unwrap(await port.listVms())
  const vm = items.find((each) => wanted === undefined || each.name === wanted)
  if (vm === undefined) throw new Error(`there is no ${wanted ?? 'VM'}`)
  const { ref } = vm

  const snapshots = unwrap(await port.facet('snapshots'))
  for (const title of ['before the upgrade', 'after it']) {
    unwrap(await unwrap(await snapshots.create({ ref, name: title })).wait())
  }
  const list = unwrap(await snapshots.list({ ref }))
  print(snapshotTree(list), list.current)

  const clone = unwrap(await port.facet('clone'))
  const operation = unwrap(await clone.clone({ ref, name }, { idempotencyKey: `example:${name}` }))
  const made = unwrap(
    await operation.wait({
      onProgress: ({ step, fraction = 0 }) => console.log(`${step}: ${Math.round(fraction * 100)} %`),
    }),
  )
  console.log(`${made.name} is ${made.powerState}`)
} finally {
  await port.close()
  await endpoint.close()
}
