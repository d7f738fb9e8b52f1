// What a user of the typed client compiles: twenty typed calls. Its number of type instantiations is a budget.
import { createVsphereClient, reference } from '@dcm/vsphere/client'

const vcenter = createVsphereClient({
  url: 'https://vcenter.example.com',
  auth: { username: 'ops@vsphere.local', password: 'not-a-real-secret' },
})
const machine = reference('VirtualMachine', 'vm-12')
const folder = reference('Folder', 'group-v3')
const pool = reference('ResourcePool', 'resgroup-8')
const datastore = reference('Datastore', 'datastore-12')

export async function twentyCalls(): Promise<unknown[]> {
  const listed: unknown[] = []
  for await (const vm of vcenter.retrieve('VirtualMachine', [
    'name',
    'runtime.powerState',
    'config.hardware.memoryMB',
    'config.hardware.device',
    'guest.net',
    'parent',
  ])) {
    listed.push(vm.name.toUpperCase(), vm['runtime.powerState'], vm['config.hardware.memoryMB'])
  }
  for await (const host of vcenter.retrieve('HostSystem', ['name', 'summary.hardware.memorySize'])) listed.push(host)
  for await (const store of vcenter.retrieve('Datastore', ['name', 'summary.freeSpace'])) listed.push(store)
  for await (const event of vcenter.watch('VirtualMachine', ['name', 'runtime.powerState'])) {
    if (event.kind === 'modify') listed.push(event.changes['runtime.powerState'])
  }
  return [
    listed,
    await vcenter.read(machine, 'VirtualMachine', ['name', 'snapshot.rootSnapshotList', 'config.extraConfig']),
    await vcenter.call(reference('ServiceInstance', 'ServiceInstance'), 'CurrentTime'),
    await vcenter.call(machine, 'ShutdownGuest'),
    await vcenter.call(machine, 'RebootGuest'),
    await vcenter.call(machine, 'AnswerVM', { questionId: '1', answerChoice: '0' }),
    await vcenter.call(machine, 'AcquireTicket', { ticketType: 'webmks' }),
    await vcenter.call(machine, 'MarkAsTemplate'),
    await vcenter.call(folder, 'CreateFolder', { name: 'team' }),
    await vcenter.run(machine, 'PowerOnVM_Task'),
    await vcenter.run(machine, 'PowerOffVM_Task'),
    await vcenter.run(machine, 'ResetVM_Task'),
    await vcenter.run(machine, 'SuspendVM_Task'),
    await vcenter.run(machine, 'CreateSnapshot_Task', { name: 'before', memory: false, quiesce: true }),
    await vcenter.run(machine, 'ReconfigVM_Task', { spec: { numCPUs: 4, memoryMB: 8192 } }),
    await vcenter.run(machine, 'CloneVM_Task', {
      folder,
      name: 'app-01',
      spec: { location: { datastore, pool }, template: false, powerOn: false },
    }),
    await vcenter.run(machine, 'RelocateVM_Task', { spec: { datastore } }),
    await vcenter.run(machine, 'Rename_Task', { newName: 'app-02' }),
    await vcenter.run(machine, 'Destroy_Task'),
    await vcenter.tasks.wait(reference('Task', 'task-1')),
  ]
}
