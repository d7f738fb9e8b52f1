import { parseXml, type XmlElement } from '@dcm/wire/xml'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startVsphereSimulator, type VsphereSimulator } from '../src/simulator/index.js'
import { createSoapSession, type SoapAnswer, type SoapEndpoint, type SoapSession } from './soap-session.js'
import { findVcsim, startVcsim, type Vcsim } from './vcsim/start-vcsim.js'

const binary = await findVcsim()
const xsi = 'http://www.w3.org/2001/XMLSchema-instance'

const elements = (element: XmlElement): XmlElement[] =>
  element.children.filter((child): child is XmlElement => typeof child !== 'string')
const typeOf = (element: XmlElement): string =>
  element.attributes.find(({ name, namespace }) => name === 'type' && namespace === xsi)?.value.replace(/^.*:/, '') ??
  ''
const find = (element: XmlElement, name: string): XmlElement | undefined =>
  element.name === name ? element : elements(element).flatMap((child) => find(child, name) ?? [])[0]
const all = (element: XmlElement, name: string): XmlElement[] =>
  element.name === name ? [element] : elements(element).flatMap((child) => all(child, name))
const textOf = (element: XmlElement | undefined): string => element?.children.join('') ?? ''
const returnvalOf = (answer: SoapAnswer): string => textOf(find(parseXml(answer.text), 'returnval'))

/** The status, and the names and types in the answer; values, and what only the model differs in, are left out. */
function shape({ status, text }: SoapAnswer): unknown {
  const root = parseXml(text)
  const fault = find(root, 'detail')
  if (fault !== undefined) return { status, fault: elements(fault).map((each) => [each.name, typeOf(each)]) }
  const objects = all(root, 'objects')
  if (objects.length > 0) {
    const row = (each: XmlElement) =>
      all(each, 'propSet').map((prop) => `${textOf(find(prop, 'name'))}: ${typeOf(find(prop, 'val') ?? prop)}`)
    return { status, token: find(root, 'token') !== undefined, first: row(objects[0] ?? root), objects: objects.length }
  }
  const body = elements(find(root, 'Body') ?? root)[0]
  const result = body === undefined ? [] : elements(body)
  return { status, body: body?.name, returnval: result.map((each) => each.attributes.map(({ value }) => value)) }
}

function taskShape(info: string): unknown {
  const root = parseXml(info)
  const [error, result] = [find(root, 'error'), find(root, 'result')]
  return {
    state: textOf(find(root, 'state')),
    fault: error === undefined ? undefined : typeOf(find(error, 'fault') ?? error),
    faultHas: error === undefined ? undefined : elements(find(error, 'fault') ?? error).map(({ name }) => name),
    result: result?.attributes.map(({ name, value }) => `${name}=${value}`).sort(),
  }
}

/** The same calls for both; gives what each looked like. */
async function scenario(soap: SoapSession, endpoint: SoapEndpoint, source: string): Promise<Map<string, unknown>> {
  const seen = new Map<string, unknown>()
  const note = (name: string, answer: SoapAnswer): SoapAnswer => {
    seen.set(name, shape(answer))
    return answer
  }
  const noteTask = async (name: string, answer: SoapAnswer): Promise<string> => {
    const info = await soap.task(answer)
    seen.set(name, taskShape(info))
    return textOf(find(parseXml(info), 'result'))
  }
  const asAnswer = (text: string): SoapAnswer => ({ status: 200, text, cookie: '' })
  const onVm = (method: string, vm: string, inner = ''): Promise<SoapAnswer> =>
    soap.call(method, 'VirtualMachine', vm, inner)
  const named = async (type: string, name?: string): Promise<string> => {
    const rows = all(parseXml(await soap.list(type, ['name'])), 'objects')
    const row = rows.find((each) => name === undefined || textOf(find(each, 'val')) === name)
    return textOf(row === undefined ? undefined : find(row, 'obj'))
  }

  note('login', await soap.login())
  note(
    'a second login with the cookie of the first',
    await soap.call(
      'Login',
      'SessionManager',
      'SessionManager',
      `<userName>${endpoint.credentials.username}</userName><password>${endpoint.credentials.password}</password>`,
    ),
  )
  note('time', await soap.call('CurrentTime', 'ServiceInstance', 'ServiceInstance'))
  for (const [type, paths] of [
    [
      'VirtualMachine',
      [
        'name',
        'parent',
        'runtime.powerState',
        'runtime.connectionState',
        'runtime.host',
        'config.hardware.numCPU',
        'config.hardware.memoryMB',
        'config.instanceUuid',
        'config.template',
        'datastore',
        'network',
        'guest.toolsRunningStatus',
        'summary.storage.committed',
        'config.hardware.device',
        'summary',
        'guest',
        'runtime',
      ],
    ],
    [
      'HostSystem',
      [
        'name',
        'parent',
        'runtime.connectionState',
        'runtime.inMaintenanceMode',
        'summary.hardware.memorySize',
        'summary.hardware.numCpuCores',
        'summary.quickStats.overallCpuUsage',
        'datastore',
        'overallStatus',
      ],
    ],
    [
      'ClusterComputeResource',
      ['name', 'parent', 'host', 'resourcePool', 'summary', 'configuration.drsConfig.enabled'],
    ],
    ['Datastore', ['name', 'parent', 'summary', 'summary.capacity', 'summary.accessible', 'summary.type']],
    ['ResourcePool', ['name', 'parent', 'owner']],
    ['Datacenter', ['name', 'parent', 'vmFolder', 'hostFolder', 'datastoreFolder', 'networkFolder']],
    ['Folder', ['name', 'parent', 'childType']],
    ['Network', ['name', 'summary.accessible']],
    ['DistributedVirtualPortgroup', ['name', 'key', 'config.distributedVirtualSwitch', 'config.type']],
  ] as const) {
    const row = shape(asAnswer(await soap.list(type, paths))) as { first: string[] }
    seen.set(`properties of ${type}`, [...row.first].sort())
  }
  const page = asAnswer(await soap.list('VirtualMachine', ['name'], 2))
  seen.set('a page', shape(page))
  const token = textOf(find(parseXml(page.text), 'token'))
  const next = `<token>${token}</token>`
  seen.set(
    'the page after it',
    (
      shape(await soap.call('ContinueRetrievePropertiesEx', 'PropertyCollector', 'propertyCollector', next)) as {
        status: number
      }
    ).status,
  )
  note(
    'a token for the second time',
    await soap.call('ContinueRetrievePropertiesEx', 'PropertyCollector', 'propertyCollector', next),
  )

  const [vm, pool, datacenter] = [
    await named('VirtualMachine', source),
    await named('ResourcePool'),
    await named('Datacenter'),
  ]
  const folder = await named('Folder', 'vm')
  note(
    'a uuid that nobody has',
    await soap.call(
      'FindByUuid',
      'SearchIndex',
      'SearchIndex',
      '<uuid>00000000-0000-0000-0000-000000000001</uuid><vmSearch>true</vmSearch><instanceUuid>true</instanceUuid>',
    ),
  )
  note(
    'a child',
    await soap.call(
      'FindChild',
      'SearchIndex',
      'SearchIndex',
      `<entity type="Folder">${folder}</entity><name>${source}</name>`,
    ),
  )
  note(
    'a child that is not there',
    await soap.call(
      'FindChild',
      'SearchIndex',
      'SearchIndex',
      `<entity type="Folder">${folder}</entity><name>nobody</name>`,
    ),
  )
  note(
    'a view of nothing',
    await soap.call(
      'CreateContainerView',
      'ViewManager',
      'ViewManager',
      `<container type="Datacenter">${datacenter}</container><type>NoSuchType</type><recursive>true</recursive>`,
    ),
  )
  note('an object that is not there', await onVm('PowerOnVM_Task', 'vm-99999'))
  note(
    'power of a VM without session',
    await (await createSoapSession({ ...endpoint, credentials: { username: 'x', password: '' } })).call(
      'PowerOnVM_Task',
      'VirtualMachine',
      vm,
    ),
  )

  const clone = `<folder type="Folder">${folder}</folder><name>agreed</name><spec><location><pool type="ResourcePool">${pool}</pool></location><template>false</template><config><instanceUuid>6f1c1e0a-0a51-5d0e-8f3e-1f2d3c4b5a69</instanceUuid><numCPUs>2</numCPUs><memoryMB>64</memoryMB><extraConfig><key>dcm.marker</key><value xsi:type="xsd:string">k-42</value></extraConfig></config><powerOn>false</powerOn></spec>`
  const copy = await noteTask('clone', note('clone, its call', await onVm('CloneVM_Task', vm, clone)))
  await noteTask('clone onto a taken name', await onVm('CloneVM_Task', vm, clone))
  note(
    'the copy by its uuid',
    await soap.call(
      'FindByUuid',
      'SearchIndex',
      'SearchIndex',
      '<uuid>6f1c1e0a-0a51-5d0e-8f3e-1f2d3c4b5a69</uuid><vmSearch>true</vmSearch><instanceUuid>true</instanceUuid>',
    ),
  )
  await noteTask('power on', await onVm('PowerOnVM_Task', copy))
  await noteTask('power on twice', await onVm('PowerOnVM_Task', copy))
  await noteTask('destroy while it runs', await onVm('Destroy_Task', copy))
  const snapshot = await noteTask(
    'snapshot',
    await onVm('CreateSnapshot_Task', copy, '<name>first</name><memory>false</memory><quiesce>false</quiesce>'),
  )
  await noteTask('revert', await soap.call('RevertToSnapshot_Task', 'VirtualMachineSnapshot', snapshot))
  await noteTask(
    'remove the snapshot',
    await soap.call(
      'RemoveSnapshot_Task',
      'VirtualMachineSnapshot',
      snapshot,
      '<removeChildren>false</removeChildren>',
    ),
  )
  await noteTask('reconfigure', await onVm('ReconfigVM_Task', copy, '<spec><annotation>changed</annotation></spec>'))
  await noteTask(
    'reconfigure a device that is not there',
    await onVm(
      'ReconfigVM_Task',
      copy,
      '<spec><deviceChange><operation>remove</operation><device xsi:type="VirtualDisk"><key>9999</key><capacityInKB>0</capacityInKB></device></deviceChange></spec>',
    ),
  )
  await soap.task(await onVm('PowerOffVM_Task', copy))
  await noteTask('power off twice', await onVm('PowerOffVM_Task', copy))
  await noteTask('rename', await onVm('Rename_Task', copy, '<newName>agreed-2</newName>'))
  await noteTask('rename to a taken name', await onVm('Rename_Task', copy, `<newName>${source}</newName>`))
  note('mark as template', await onVm('MarkAsTemplate', copy))
  note('power on a template', await onVm('PowerOnVM_Task', copy))
  note('mark as VM', await onVm('MarkAsVirtualMachine', copy, `<pool type="ResourcePool">${pool}</pool>`))
  note('tools are needed', await onVm('RebootGuest', copy))

  const feed = returnvalOf(
    note('a collector', await soap.call('CreatePropertyCollector', 'PropertyCollector', 'propertyCollector')),
  )
  note(
    'a filter',
    await soap.call(
      'CreateFilter',
      'PropertyCollector',
      feed,
      `<spec><propSet><type>VirtualMachine</type><pathSet>name</pathSet></propSet><objectSet><obj type="VirtualMachine">${copy}</obj></objectSet></spec><partialUpdates>false</partialUpdates>`,
    ),
  )
  const wait = (version: string): Promise<SoapAnswer> =>
    soap.call(
      'WaitForUpdatesEx',
      'PropertyCollector',
      feed,
      `<version>${version}</version><options><maxWaitSeconds>0</maxWaitSeconds></options>`,
    )
  const first = parseXml((await wait('')).text)
  seen.set(
    'the first update',
    all(first, 'objectSet').map((each) => [textOf(find(each, 'kind')), textOf(find(each, 'op'))]),
  )
  const version = textOf(find(first, 'version'))
  note('no update', await wait(version))
  await soap.task(await onVm('Destroy_Task', copy))
  const last = parseXml((await wait(version)).text)
  seen.set(
    'the last update',
    all(last, 'objectSet').map((each) => textOf(find(each, 'kind'))),
  )
  note('the destroyed VM', await onVm('PowerOnVM_Task', copy))
  note('logout', await soap.call('Logout', 'SessionManager', 'SessionManager'))
  note('after logout', await soap.call('CurrentTime', 'ServiceInstance', 'ServiceInstance'))
  return seen
}

/** Where the two differ, and why ours stays as it is. */
const gaps: Readonly<Record<string, string>> = {
  'a token for the second time': 'vcsim names the type InvalidPropertyFault, which the API does not have',
  'properties of ClusterComputeResource': 'vcsim has only configurationEx; the API has configuration as well',
  'reconfigure a device that is not there': 'vcsim lets it pass',
  'rename to a taken name': 'vcsim says InvalidArgument; the method declares DuplicateName',
  'the last update': 'vcsim tells nothing when an object that a filter names goes',
}

describe.skipIf(binary === undefined)('our simulator and vcsim', () => {
  let simulator: VsphereSimulator
  let vcsim: Vcsim
  let ours: Map<string, unknown>
  let theirs: Map<string, unknown>

  beforeAll(async () => {
    simulator = await startVsphereSimulator({ speed: 1_000 })
    vcsim = await startVcsim()
    const other: SoapEndpoint = {
      url: vcsim.url,
      ca: vcsim.certificate,
      credentials: { username: vcsim.userName, password: vcsim.password },
    }
    ours = await scenario(await createSoapSession(simulator), simulator, 'app-01')
    theirs = await scenario(await createSoapSession(other), other, 'DC0_C0_RP0_VM0')
  })
  afterAll(async () => {
    await simulator?.close()
    await vcsim?.close()
  })

  it('answer the same calls in the same shape, but for the gaps that are written down', () => {
    const differing = [...ours].filter(([name, value]) => !isSame(value, theirs.get(name))).map(([name]) => name)
    for (const name of differing.filter((each) => !Object.hasOwn(gaps, each)))
      expect.soft({ name, seen: ours.get(name) }).toEqual({ name, seen: theirs.get(name) })
    expect(Object.keys(gaps).sort()).toEqual(differing.sort())
    expect(ours.size).toBeGreaterThan(45)
  })
})

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)
