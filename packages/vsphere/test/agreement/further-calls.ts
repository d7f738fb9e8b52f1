import { parseXml } from '@dcm/wire/xml'
import type { SoapAnswer, SoapSession } from '../soap-session.js'
import { createNotes } from './notes.js'
import { all, find, returnvalOf, textOf } from './shapes.js'

/** Calls that the first scenario does not need, on VMs of their own; gives what each looked like. */
export async function furtherCalls(soap: SoapSession, source: string): Promise<Map<string, unknown>> {
  const { seen, note, noteTask } = createNotes(soap)
  const rowsOf = async (type: string, path: string): Promise<{ readonly ref: string; readonly value: string }[]> =>
    all(parseXml(await soap.list(type, [path])), 'objects').map((row) => ({
      ref: textOf(find(row, 'obj')),
      value: textOf(find(row, 'val')),
    }))
  const named = async (type: string, name?: string): Promise<string> =>
    (await rowsOf(type, 'name')).find(({ value }) => name === undefined || value === name)?.ref ?? ''
  /** What starts many ends before they run. */
  const running = async (machine: string): Promise<void> => {
    const isOn = async () =>
      (await rowsOf('VirtualMachine', 'runtime.powerState')).some(
        (row) => row.ref === machine && row.value === 'poweredOn',
      )
    while (!(await isOn())) await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const ref = (element: string, type: string, value: string): string =>
    `<${element} type="${type}">${value}</${element}>`
  const onVm = (method: string, vm: string, inner = ''): Promise<SoapAnswer> =>
    soap.call(method, 'VirtualMachine', vm, inner)
  const search = (method: string, inner: string): Promise<SoapAnswer> =>
    soap.call(method, 'SearchIndex', 'SearchIndex', inner)

  const login = parseXml((await soap.login()).text)
  const key = textOf(find(login, 'key'))
  const [vm, pool, datacenter, folder] = [
    await named('VirtualMachine', source),
    await named('ResourcePool'),
    await named('Datacenter'),
    await named('Folder', 'vm'),
  ]
  const [{ value: datacenterName } = { value: '' }] = await rowsOf('Datacenter', 'name')
  const [{ value: datastore } = { value: '' }] = await rowsOf('Datastore', 'name')
  const [{ value: browser } = { value: '' }] = await rowsOf('Datastore', 'browser')

  note(
    'a right',
    await soap.call(
      'HasPrivilegeOnEntities',
      'AuthorizationManager',
      soap.manager('authorizationManager'),
      `${ref('entity', 'Folder', folder)}<sessionId>${key}</sessionId><privId>System.View</privId>`,
    ),
  )
  note(
    'the own session ends itself',
    await soap.call('TerminateSession', 'SessionManager', 'SessionManager', `<sessionId>${key}</sessionId>`),
  )
  note(
    'a session that is not there ends',
    await soap.call('TerminateSession', 'SessionManager', 'SessionManager', '<sessionId>nobody</sessionId>'),
  )

  note(
    'a session lives',
    await soap.call(
      'SessionIsActive',
      'SessionManager',
      'SessionManager',
      `<sessionID>${key}</sessionID><userName>${textOf(find(login, 'userName'))}</userName>`,
    ),
  )
  const view = returnvalOf(
    note(
      'a list view',
      await soap.call('CreateListView', 'ViewManager', 'ViewManager', ref('obj', 'VirtualMachine', vm)),
    ),
  )
  note(
    'a list view takes and refuses',
    await soap.call(
      'ModifyListView',
      'ListView',
      view,
      ref('add', 'VirtualMachine', 'vm-99999') + ref('remove', 'VirtualMachine', vm),
    ),
  )
  note('a list view anew', await soap.call('ResetListView', 'ListView', view, ref('obj', 'VirtualMachine', vm)))
  note('a view goes', await soap.call('DestroyView', 'ListView', view))
  note('a view that is gone', await soap.call('DestroyView', 'ListView', view))

  note(
    'all of a uuid',
    await search(
      'FindAllByUuid',
      '<uuid>00000000-0000-0000-0000-000000000001</uuid><vmSearch>true</vmSearch><instanceUuid>true</instanceUuid>',
    ),
  )
  note('a path', await search('FindByInventoryPath', `<inventoryPath>${datacenterName}/vm/${source}</inventoryPath>`))
  note(
    'a path to nothing',
    await search('FindByInventoryPath', `<inventoryPath>${datacenterName}/vm/nobody</inventoryPath>`),
  )
  note('an address of nobody', await search('FindByIp', '<ip>192.0.2.250</ip><vmSearch>true</vmSearch>'))
  note('a name of nobody', await search('FindByDnsName', '<dnsName>nobody.example</dnsName><vmSearch>true</vmSearch>'))
  note(
    'a file of no VM',
    await search(
      'FindByDatastorePath',
      `${ref('datacenter', 'Datacenter', datacenter)}<path>[${datastore}] nobody/nobody.vmx</path>`,
    ),
  )

  const made = returnvalOf(note('a folder', await soap.call('CreateFolder', 'Folder', folder, '<name>further</name>')))
  note('a folder of a taken name', await soap.call('CreateFolder', 'Folder', folder, '<name>further</name>'))
  const blank = `<config><name>blank</name><guestId>otherGuest64</guestId><files><vmPathName>[${datastore}]</vmPathName></files><numCPUs>1</numCPUs><memoryMB>64</memoryMB></config>${ref('pool', 'ResourcePool', pool)}`
  const created = await noteTask(
    'create',
    note('create, its call', await soap.call('CreateVM_Task', 'Folder', made, blank)),
  )
  await noteTask('create under a taken name', await soap.call('CreateVM_Task', 'Folder', made, blank))
  await noteTask(
    'move',
    await soap.call('MoveIntoFolder_Task', 'Folder', folder, ref('list', 'VirtualMachine', created)),
  )
  await noteTask(
    'relocate',
    await onVm('RelocateVM_Task', created, `<spec>${ref('pool', 'ResourcePool', pool)}</spec>`),
  )
  note('the snapshot of a VM without', await onVm('RevertToCurrentSnapshot_Task', created))
  await noteTask(
    'power on many',
    await soap.call('PowerOnMultiVM_Task', 'Datacenter', datacenter, ref('vm', 'VirtualMachine', created)),
  )
  await running(created)
  await noteTask('reset', await onVm('ResetVM_Task', created))
  await noteTask('suspend', await onVm('SuspendVM_Task', created))
  await noteTask('suspend twice', await onVm('SuspendVM_Task', created))
  await noteTask('reset a suspended VM', await onVm('ResetVM_Task', created))
  await soap.task(await onVm('PowerOnVM_Task', created))
  note('unregister while it runs', await onVm('UnregisterVM', created))
  const off = await onVm('PowerOffVM_Task', created)
  await soap.task(off)
  note('shut the guest of a stopped VM down', await onVm('ShutdownGuest', created))
  note('let the guest of a stopped VM sleep', await onVm('StandbyGuest', created))
  await noteTask(
    'customise',
    await onVm(
      'CustomizeVM_Task',
      created,
      `<spec><identity xsi:type="CustomizationLinuxPrep"><hostName xsi:type="CustomizationFixedName"><name>blank</name></hostName><domain>example.org</domain></identity><globalIPSettings/></spec>`,
    ),
  )
  note('cancel what is done', await soap.call('CancelTask', 'Task', returnvalOf(off)))
  await noteTask(
    'snapshot, the newer call',
    await onVm('CreateSnapshotEx_Task', created, '<name>one</name><memory>false</memory>'),
  )
  await noteTask('back to the snapshot', await onVm('RevertToCurrentSnapshot_Task', created))
  await noteTask('remove all snapshots', await onVm('RemoveAllSnapshots_Task', created))

  const paths = all(parseXml(await soap.list('VirtualMachine', ['config.files.vmPathName'])), 'objects')
  const path = textOf(find(paths.find((row) => textOf(find(row, 'obj')) === created) ?? parseXml('<none/>'), 'val'))
  note('unregister', await onVm('UnregisterVM', created))
  const register = (file: string) =>
    `<path>${file}</path><asTemplate>false</asTemplate>${ref('pool', 'ResourcePool', pool)}`
  const again = await noteTask('register', await soap.call('RegisterVM_Task', 'Folder', folder, register(path)))
  await noteTask(
    'register what is not there',
    await soap.call('RegisterVM_Task', 'Folder', folder, register(`[${datastore}] nobody/nobody.vmx`)),
  )
  await soap.task(await onVm('Destroy_Task', again))

  const files = (method: string, inner: string): Promise<SoapAnswer> =>
    soap.call(method, 'FileManager', soap.manager('fileManager'), inner)
  const at = (element: string, file: string): string => `<${element}>[${datastore}] ${file}</${element}>`
  const of = (element: string): string => ref(element, 'Datacenter', datacenter)
  note('a directory', await files('MakeDirectory', at('name', 'further') + of('datacenter')))
  note('a directory twice', await files('MakeDirectory', at('name', 'further') + of('datacenter')))
  const browse = (method: string, directory: string): Promise<SoapAnswer> =>
    soap.call(method, 'HostDatastoreBrowser', browser, at('datastorePath', directory))
  await noteTask('search a directory', await browse('SearchDatastore_Task', 'further'))
  await noteTask('search a directory that is not there', await browse('SearchDatastore_Task', 'nobody'))
  await noteTask('search directories', await browse('SearchDatastoreSubFolders_Task', 'further'))
  await noteTask(
    'delete a file that is not there',
    await files('DeleteDatastoreFile_Task', at('name', 'further/none.iso') + of('datacenter')),
  )
  await noteTask(
    'move a file that is not there',
    await files(
      'MoveDatastoreFile_Task',
      at('sourceName', 'further/none.iso') +
        of('sourceDatacenter') +
        at('destinationName', 'further/some.iso') +
        of('destinationDatacenter'),
    ),
  )

  const manager = soap.manager('eventManager')
  const wanted = `<filter><entity>${ref('entity', 'VirtualMachine', vm)}<recursion>self</recursion></entity><eventTypeId>VmPoweredOffEvent</eventTypeId></filter>`
  await soap.task(await onVm('PowerOffVM_Task', vm))
  note('events', await soap.call('QueryEvents', 'EventManager', manager, wanted))
  for (const count of [1, 0, 1_001, -1]) {
    const some = wanted.replace('</filter>', `<maxCount>${count}</maxCount></filter>`)
    note(`at most ${count} events`, await soap.call('QueryEvents', 'EventManager', manager, some))
    if (count !== 1 && count !== 0)
      note(
        `a collector of at most ${count} events`,
        await soap.call('CreateCollectorForEvents', 'EventManager', manager, some),
      )
  }
  const collector = returnvalOf(
    note('a collector of events', await soap.call('CreateCollectorForEvents', 'EventManager', manager, wanted)),
  )
  const onCollector = (method: string, inner = ''): Promise<SoapAnswer> =>
    soap.call(method, 'EventHistoryCollector', collector, inner)
  note('a page of events has a size', await onCollector('SetCollectorPageSize', '<maxCount>10</maxCount>'))
  note(
    'a page of events has too large a size',
    await onCollector('SetCollectorPageSize', '<maxCount>100000</maxCount>'),
  )
  note('from the first event on', await onCollector('RewindCollector'))
  note('the next events', await onCollector('ReadNextEvents', '<maxCount>5</maxCount>'))
  note('from the last event on', await onCollector('ResetCollector'))
  note('the events before', await onCollector('ReadPreviousEvents', '<maxCount>5</maxCount>'))
  note('a collector of events goes', await onCollector('DestroyCollector'))
  note('a collector of events that is gone', await onCollector('ReadNextEvents', '<maxCount>5</maxCount>'))
  await soap.task(await onVm('PowerOnVM_Task', vm))

  const spec = `<propSet><type>VirtualMachine</type><pathSet>name</pathSet></propSet><objectSet>${ref('obj', 'VirtualMachine', vm)}</objectSet>`
  const feed = returnvalOf(await soap.call('CreatePropertyCollector', 'PropertyCollector', 'propertyCollector'))
  const onFeed = (method: string, inner = ''): Promise<SoapAnswer> =>
    soap.call(method, 'PropertyCollector', feed, inner)
  note('properties, the older call', await onFeed('RetrieveProperties', `<specSet>${spec}</specSet>`))
  const filter = returnvalOf(await onFeed('CreateFilter', `<spec>${spec}</spec><partialUpdates>false</partialUpdates>`))
  note('updates, the older call', await onFeed('WaitForUpdates', '<version></version>'))
  note('a wait that is none', await onFeed('CancelWaitForUpdates'))
  note('a filter goes', await soap.call('DestroyPropertyFilter', 'PropertyFilter', filter))
  note('a collector goes', await onFeed('DestroyPropertyCollector'))
  note('a collector that is gone', await onFeed('DestroyPropertyCollector'))
  await soap.call('Logout', 'SessionManager', 'SessionManager')
  return seen
}
