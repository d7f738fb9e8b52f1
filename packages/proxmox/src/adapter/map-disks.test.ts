import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { disksOf, drivesOf, freeDriveKey, parseDrive, volumesOf } from './map-disks.js'

describe('drives', () => {
  it('are read with storage, size and kind', () => {
    expect(parseDrive('scsi0', 'local-lvm:vm-100-disk-0,iothread=1,size=32G')).toEqual({
      key: 'scsi0',
      volume: 'local-lvm:vm-100-disk-0',
      storage: 'local-lvm',
      sizeBytes: 32 * 1024 ** 3,
      kind: 'disk',
    })
    expect(parseDrive('ide2', 'lab:iso/debian.iso,media=cdrom,size=400M')?.kind).toBe('cdrom')
    expect(parseDrive('ide2', 'none,media=cdrom')).toEqual({ key: 'ide2', volume: 'none', kind: 'cdrom' })
    expect(parseDrive('ide2', 'local-lvm:vm-100-cloudinit,media=cdrom')?.kind).toBe('cloud-init')
    expect(parseDrive('ide2', 'local-lvm:cloudinit')?.kind).toBe('cloud-init')
    expect(parseDrive('efidisk0', 'lab:vm-1-disk-1,efitype=4m,size=4M')?.kind).toBe('state')
    expect(
      parseDrive('virtio0', 'file=lab:100/base-100-disk-0.qcow2/102/vm-102-disk-0.qcow2,size=18678K')?.storage,
    ).toBe('lab')
    expect(parseDrive('sata0', '/dev/disk/by-id/x')).toEqual({
      key: 'sata0',
      volume: '/dev/disk/by-id/x',
      kind: 'disk',
    })
    expect(parseDrive('scsihw', 'virtio-scsi-pci')).toBeUndefined()
    expect(parseDrive('net0', 'virtio=AA')).toBeUndefined()
  })

  it('come in a fixed order, the boot disk first', () => {
    const config = {
      ide0: 'a:vm-1-disk-4,size=1G',
      scsi10: 'a:vm-1-disk-3,size=1G',
      scsi2: 'a:vm-1-disk-2,size=1G',
      virtio0: 'a:vm-1-disk-1,size=1G',
      ide2: 'a:vm-1-cloudinit,media=cdrom',
      efidisk0: 'a:vm-1-disk-5,size=4M',
    }
    expect(disksOf(config).map(({ key }) => key)).toEqual(['scsi2', 'scsi10', 'virtio0', 'ide0'])
    expect(disksOf({ ...config, boot: 'order=virtio0;net0' })[0]?.key).toBe('virtio0')
    expect(disksOf({ ...config, bootdisk: 'ide0' })[0]?.key).toBe('ide0')
    expect(drivesOf({ boot: ' ' })).toEqual([])
  })

  it('name the volumes that are the VM’s own', () => {
    const config = {
      scsi0: 'a:vm-1-disk-0,size=1G',
      ide2: 'a:iso/x.iso,media=cdrom',
      unused0: 'a:vm-1-disk-7',
      scsi1: '/dev/sdb',
    }
    expect(volumesOf(config)).toEqual(['a:vm-1-disk-0', 'a:vm-1-disk-7'])
  })

  it('are never a reason to fail, whatever a configuration holds', () => {
    fc.assert(fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (config) => void drivesOf(config)))
    fc.assert(fc.property(fc.string(), (value) => void parseDrive('scsi0', value)))
  })

  it('find free keys', () => {
    expect(freeDriveKey(new Set(['scsi0', 'scsi1']), ['scsi'])).toBe('scsi2')
    expect(freeDriveKey(new Set(['ide0', 'ide1', 'ide2', 'ide3']), ['ide', 'sata'])).toBe('sata0')
    expect(freeDriveKey(new Set(['ide0', 'ide1', 'ide2', 'ide3']), ['ide'])).toBeUndefined()
  })
})
