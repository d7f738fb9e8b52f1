import { addItem, addLibrary, putFiles } from '../libraries/library-store.js'
import { contentOf } from '../ovf/disk-files.js'
import type { World } from '../world/world.js'

const diskName = 'debian-12-disk1.vmdk'

const descriptor = (diskBytes: number): string => `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
  xmlns:vmw="http://www.vmware.com/schema/ovf"
  xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData">
  <References><File ovf:href="${diskName}" ovf:id="file1" ovf:size="${diskBytes}"/></References>
  <DiskSection><Info>Disks</Info>
    <Disk ovf:capacity="8" ovf:capacityAllocationUnits="byte * 2^30" ovf:diskId="vmdisk1" ovf:fileRef="file1"
      ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
  </DiskSection>
  <NetworkSection><Info>Networks</Info>
    <Network ovf:name="VM Network"><Description>Where it is reached</Description></Network>
  </NetworkSection>
  <VirtualSystem ovf:id="debian-12"><Info>A virtual machine</Info><Name>debian-12</Name>
    <OperatingSystemSection ovf:id="96" vmw:osType="debian12_64Guest"><Info>Debian 12</Info></OperatingSystemSection>
    <AnnotationSection><Info>Annotation</Info><Annotation>Debian 12 for the cloud</Annotation></AnnotationSection>
    <VirtualHardwareSection><Info>Hardware</Info>
      <System><vssd:ElementName>Hardware</vssd:ElementName><vssd:InstanceID>0</vssd:InstanceID>
        <vssd:VirtualSystemIdentifier>debian-12</vssd:VirtualSystemIdentifier>
        <vssd:VirtualSystemType>vmx-19</vssd:VirtualSystemType></System>
      <Item><rasd:ElementName>2 processors</rasd:ElementName><rasd:InstanceID>1</rasd:InstanceID>
        <rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>2</rasd:VirtualQuantity></Item>
      <Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:ElementName>2048 MiB</rasd:ElementName>
        <rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType>
        <rasd:VirtualQuantity>2048</rasd:VirtualQuantity></Item>
      <Item><rasd:Address>0</rasd:Address><rasd:ElementName>SCSI controller</rasd:ElementName>
        <rasd:InstanceID>3</rasd:InstanceID><rasd:ResourceSubType>VirtualSCSI</rasd:ResourceSubType>
        <rasd:ResourceType>6</rasd:ResourceType></Item>
      <Item><rasd:AddressOnParent>0</rasd:AddressOnParent><rasd:ElementName>Disk 1</rasd:ElementName>
        <rasd:HostResource>ovf:/disk/vmdisk1</rasd:HostResource><rasd:InstanceID>4</rasd:InstanceID>
        <rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>
      <Item><rasd:AddressOnParent>7</rasd:AddressOnParent><rasd:AutomaticAllocation>true</rasd:AutomaticAllocation>
        <rasd:Connection>VM Network</rasd:Connection><rasd:ElementName>Network adapter 1</rasd:ElementName>
        <rasd:InstanceID>5</rasd:InstanceID><rasd:ResourceSubType>VmxNet3</rasd:ResourceSubType>
        <rasd:ResourceType>10</rasd:ResourceType></Item>
    </VirtualHardwareSection>
  </VirtualSystem>
</Envelope>
`

/** A library on the first datastore: an OVF item, and an item of the first template where there is one. */
export function addGoldenLibrary(world: World): void {
  const [datastore] = world.all('Datastore')
  if (datastore === undefined) return
  const library = addLibrary(world, {
    name: 'golden',
    storage_backings: [{ type: 'DATASTORE', datastore_id: datastore.ref.value }],
  })
  const disk = contentOf(diskName)
  const ovf = addItem(world, { library, name: 'debian-12-ovf', type: 'ovf', description: 'Debian 12 as OVF' })
  const files = new Map([
    ['debian-12.ovf', Buffer.from(descriptor(disk.length))],
    [diskName, disk],
  ])
  putFiles(world, ovf, files)
  const template = world.all('VirtualMachine').find(({ state }) => state.config?.template === true)
  if (template === undefined) return
  addItem(world, { library, name: 'debian-12-item', type: 'vm-template', template: template.ref })
}
