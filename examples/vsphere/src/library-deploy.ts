// Puts an OVF file into a content library, with progress, and makes a VM of it. Without VSPHERE_URL on a simulated vCenter:
// npx tsx examples/vsphere/src/library-deploy.ts path/to/appliance.ovf [name of the VM]
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { createVsphereClient, reference, type UploadData, type VsphereClient } from '@dcm/vsphere/client'
import { openEndpoint } from './endpoint.js'

const [path, name = 'from-library'] = process.argv.slice(2)
if (path === undefined) {
  console.error('library-deploy path/to/appliance.ovf [name]')
  process.exit(2)
}

const endpoint = await openEndpoint()
const { url, fingerprint256, auth } = endpoint
const vcenter = createVsphereClient({ url, auth, ...(fingerprint256 !== undefined && { fingerprint256 }) })
try {
  await deploy(vcenter, await addItem(vcenter, path))
} finally {
  await vcenter.close()
  await endpoint.close()
}

async function addItem(client: VsphereClient, descriptor: string): Promise<string> {
  const { rest } = client
  const library = await findOrMakeLibrary(client, 'examples')
  const item = await rest.request('POST /content/library/item', { library_id: library, name, type: 'ovf' })
  let told = -1
  await rest.uploadItem(
    { item, files: await filesOf(descriptor) },
    {
      onProgress({ bytes, total }) {
        const tenth = Math.floor((10 * bytes) / total)
        if (tenth > told) console.log(`uploaded ${10 * tenth} %`)
        told = Math.max(told, tenth)
      },
    },
  )
  return item
}

async function deploy(client: VsphereClient, item: string): Promise<void> {
  // What the deployment failed with is thrown, though the service answers with status 200 then too.
  const deployed = await client.rest.request('POST /vcenter/ovf/library-item/{library_item_id}?action=deploy', {
    library_item_id: item,
    target: { resource_pool_id: await firstPool(client) },
    deployment_spec: { name, accept_all_EULA: true, storage_provisioning: 'thin' },
  })
  const machine = reference('VirtualMachine', deployed.resource_id?.id ?? '')
  // The ids of both worlds are the same.
  await client.run(machine, 'PowerOnVM_Task')
  const vm = await client.read(machine, 'VirtualMachine', ['name', 'runtime.powerState'])
  console.log(`${vm.name} (${machine.value}) is ${vm['runtime.powerState']}`)
}

async function findOrMakeLibrary(client: VsphereClient, title: string): Promise<string> {
  const [found] = await client.rest.request('POST /content/library?action=find', { name: title, type: 'LOCAL' })
  if (found !== undefined) return found
  const datastores = client.retrieve('Datastore', ['name'])
  const { value: datastore } = await datastores.next()
  await datastores.return()
  if (datastore === undefined) throw new Error('there is no datastore')
  return client.rest.request('POST /content/local-library', {
    name: title,
    type: 'LOCAL',
    storage_backings: [{ type: 'DATASTORE', datastore_id: datastore.ref.value }],
  })
}

async function firstPool(client: VsphereClient): Promise<string> {
  for await (const { ref } of client.retrieve('ResourcePool', ['name'])) return ref.value
  throw new Error('there is no resource pool')
}

/** The descriptor and the files that it names, which lie beside it; these are streamed. */
async function filesOf(descriptor: string): Promise<Record<string, UploadData>> {
  const text = await readFile(descriptor, 'utf8')
  const files: Record<string, UploadData> = { [basename(descriptor)]: Buffer.from(text) }
  for (const [, file = ''] of text.matchAll(/<(?:\w+:)?File\s[^>]*?href="([^"]+)"/g)) {
    const beside = join(dirname(descriptor), basename(file))
    files[file] = { size: (await stat(beside)).size, stream: createReadStream(beside) }
  }
  return files
}
