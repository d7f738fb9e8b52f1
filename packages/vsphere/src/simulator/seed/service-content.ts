import { randomUUID } from 'node:crypto'
import { historicalIntervals, perfCounters } from '../methods/performance-methods.js'
import type { VsphereSimulatorOptions } from '../options.js'
import { eventsOf } from '../world/events.js'
import type { ServiceContent, World } from '../world/world.js'

export function serviceContent({
  product = 'vcenter',
  apiVersion = '8.0.3.0',
}: VsphereSimulatorOptions): ServiceContent {
  const isHost = product === 'esxi'
  const ref = (type: string, value: string) => ({ type, value })
  const shortVersion = apiVersion.split('.').slice(0, 3).join('.')
  const name = isHost ? 'VMware ESXi' : 'VMware vCenter Server'
  return {
    rootFolder: ref('Folder', isHost ? 'ha-folder-root' : 'group-d1'),
    propertyCollector: ref('PropertyCollector', isHost ? 'ha-property-collector' : 'propertyCollector'),
    viewManager: ref('ViewManager', 'ViewManager'),
    about: {
      name,
      fullName: `${name} ${shortVersion} build-24022515 (simulator)`,
      vendor: 'VMware, Inc.',
      version: shortVersion,
      build: '24022515',
      osType: isHost ? 'vmnix-x86' : 'linux-x64',
      productLineId: isHost ? 'embeddedEsx' : 'vpx',
      apiType: isHost ? 'HostAgent' : 'VirtualCenter',
      apiVersion,
      ...(isHost ? {} : { instanceUuid: randomUUID() }),
      licenseProductName: `${name} (simulator)`,
      licenseProductVersion: '8.0',
    },
    sessionManager: ref('SessionManager', isHost ? 'ha-sessionmgr' : 'SessionManager'),
    authorizationManager: ref('AuthorizationManager', isHost ? 'ha-authmgr' : 'AuthorizationManager'),
    perfManager: ref('PerformanceManager', isHost ? 'ha-perfmgr' : 'PerfMgr'),
    eventManager: ref('EventManager', isHost ? 'ha-eventmgr' : 'EventManager'),
    taskManager: ref('TaskManager', isHost ? 'ha-taskmgr' : 'TaskManager'),
    guestOperationsManager: ref(
      'GuestOperationsManager',
      isHost ? 'ha-guest-operations-manager' : 'guestOperationsManager',
    ),
    ovfManager: ref('OvfManager', isHost ? 'ha-ovf-manager' : 'OvfManager'),
    fileManager: ref('FileManager', isHost ? 'ha-nfc-file-manager' : 'FileManager'),
    searchIndex: ref('SearchIndex', isHost ? 'ha-searchindex' : 'SearchIndex'),
    ...(isHost ? {} : { storageResourceManager: ref('StorageResourceManager', 'StorageResourceManager') }),
  }
}

/** The objects that the service content names. */
export function addManagers(world: World): void {
  const { content } = world
  const guestOperations = world.isHostAgent ? 'ha-guest-operations-' : 'guestOperations'
  world.add(
    'ServiceInstance',
    {
      content,
      capability: {
        provisioningSupported: !world.isHostAgent,
        multiHostSupported: !world.isHostAgent,
        userShellAccessSupported: true,
      },
      get serverClock() {
        return world.timestamp()
      },
    },
    'ServiceInstance',
  )
  world.add('PropertyCollector', { filter: [] }, content.propertyCollector.value)
  world.add('ViewManager', { viewList: [] }, content.viewManager?.value)
  world.add(
    'SessionManager',
    { messageLocaleList: ['en'], supportedLocaleList: ['en'], defaultLocale: 'en' },
    content.sessionManager?.value,
  )
  world.add('AuthorizationManager', {}, content.authorizationManager?.value)
  world.add(
    'PerformanceManager',
    { perfCounter: perfCounters, historicalInterval: historicalIntervals },
    content.perfManager?.value,
  )
  world.add(
    'EventManager',
    {
      maxCollector: 32,
      get latestEvent() {
        return eventsOf(world).at(-1)
      },
    },
    content.eventManager?.value,
  )
  world.add('TaskManager', { recentTask: [], maxCollector: 32 }, content.taskManager?.value)
  const files = world.add('GuestFileManager', {}, `${guestOperations}FileManager`)
  const processes = world.add('GuestProcessManager', {}, `${guestOperations}ProcessManager`)
  world.add(
    'GuestOperationsManager',
    { fileManager: files.ref, processManager: processes.ref },
    content.guestOperationsManager?.value,
  )
  world.add('OvfManager', { ovfImportOption: [], ovfExportOption: [] }, content.ovfManager?.value)
  world.add('FileManager', {}, content.fileManager?.value)
  world.add('SearchIndex', {}, content.searchIndex?.value)
  if (content.storageResourceManager !== undefined)
    world.add('StorageResourceManager', {}, content.storageResourceManager.value)
}
