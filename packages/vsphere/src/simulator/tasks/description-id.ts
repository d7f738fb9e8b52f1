const ids: Readonly<Record<string, string>> = {
  CloneVM_Task: 'VirtualMachine.clone',
  PowerOnVM_Task: 'VirtualMachine.powerOn',
  PowerOffVM_Task: 'VirtualMachine.powerOff',
  SuspendVM_Task: 'VirtualMachine.suspend',
  ResetVM_Task: 'VirtualMachine.reset',
  ReconfigVM_Task: 'VirtualMachine.reconfigure',
  RelocateVM_Task: 'VirtualMachine.relocate',
  MigrateVM_Task: 'VirtualMachine.migrate',
  CustomizeVM_Task: 'VirtualMachine.customize',
  InstantClone_Task: 'VirtualMachine.instantClone',
  CreateSnapshot_Task: 'VirtualMachine.createSnapshot',
  CreateSnapshotEx_Task: 'VirtualMachine.createSnapshotEx',
  RemoveAllSnapshots_Task: 'VirtualMachine.removeAllSnapshots',
  RevertToCurrentSnapshot_Task: 'VirtualMachine.revertToCurrentSnapshot',
  ConsolidateVMDisks_Task: 'VirtualMachine.consolidateDisks',
  RevertToSnapshot_Task: 'vm.Snapshot.revert',
  RemoveSnapshot_Task: 'vm.Snapshot.remove',
  CreateVM_Task: 'Folder.createVm',
  RegisterVM_Task: 'Folder.registerVm',
  MoveIntoFolder_Task: 'Folder.moveInto',
  ImportVAppLRO: 'ResourcePool.ImportVAppLRO',
  PowerOnMultiVM_Task: 'Datacenter.powerOnVm',
}

/** What `TaskInfo.descriptionId` says; for others `Type.method`. */
export function descriptionIdOf(method: string, managedType: string): string {
  const plain = method.replace(/_Task$/, '')
  return ids[method] ?? `${managedType}.${plain.charAt(0).toLowerCase()}${plain.slice(1)}`
}
