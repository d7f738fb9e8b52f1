import { gib, mib } from '@dcm/core'
import { describe, expect, it } from 'vitest'
import { blankConfig } from './blank-config.js'
import type { SealedSpec } from './state.js'

const parts = (spec: Partial<SealedSpec>) => ({
  spec: { name: 'new', source: { from: 'blank' }, cpus: 2, memoryBytes: gib(1), ...spec } as SealedSpec,
  bridges: ['vmbr0'],
  diskStorages: ['lvm', 'ceph'],
  sideStorage: 'lvm',
  image: undefined,
  password: undefined,
  tag: 'dcm-01234567',
  description: 'words\n\nmarker',
  pool: undefined,
})

describe('the parameters of a blank VM', () => {
  it('are complete, so that nothing is left to configure', () => {
    const disks = [{ sizeBytes: gib(8) }, { sizeBytes: mib(1025) }]
    const nics = [{ network: { id: 'vmbr0' }, vlanId: 3 }]
    expect(blankConfig({ ...parts({ disks, nics, tags: ['a'] }), pool: 'p', image: 'local:iso/x.iso' })).toEqual({
      name: 'new',
      sockets: 1,
      cores: 2,
      memory: '1024',
      ostype: 'l26',
      scsihw: 'virtio-scsi-single',
      scsi0: 'lvm:8',
      scsi1: 'ceph:1.0009765625',
      net0: 'virtio,bridge=vmbr0,tag=3',
      ide2: 'local:iso/x.iso,media=cdrom',
      boot: 'order=scsi0;ide2;net0',
      tags: 'a;dcm-01234567',
      description: 'words\n\nmarker',
      pool: 'p',
    })
  })

  it('have firmware variables with UEFI, and a cloud-init drive when the guest is told something', () => {
    const uefi = blankConfig(parts({ source: { from: 'blank', firmware: 'uefi', guestOs: 'win11' } }))
    expect(uefi).toMatchObject({ bios: 'ovmf', machine: 'q35', efidisk0: 'lvm:1,efitype=4m', ostype: 'win11' })
    const told = blankConfig(
      parts({ customization: { userName: 'ops' }, nics: [{ network: { id: 'vmbr0' }, ipv4: 'dhcp' }] }),
    )
    expect(told).toMatchObject({ ide0: 'lvm:cloudinit', ciuser: 'ops', ipconfig0: 'ip=dhcp' })
  })
})
