import { describe, expect, it } from 'vitest'
import { agentEnabled, cpusOf, incarnationOf, mapVmInfo } from './map-vm-info.js'
import type { VmConfig, VmStatus } from './platform.js'

const config: VmConfig = {
  digest: 'd',
  name: 'web',
  cores: 2,
  sockets: 2,
  memory: '1537',
  bios: 'ovmf',
  ostype: 'l26',
  smbios1: 'uuid=6F9619FF-8B86-4D11-B42D-00CF4FC964FF',
  meta: 'creation-qemu=10.1.2,ctime=1795424240',
  description: 'words\n\ndcm1:6f9619ff-8b86-5d11-b42d-00cf4fc964ff:0123456789abcdef\n',
  tags: 'web;dcm-6f9619ff',
  scsi0: 'nfs:1/vm-1-disk-0.qcow2,size=1T',
  scsi1: 'lvm:vm-1-disk-1,size=10486K',
  net0: 'virtio=BC:24:11:00:00:01,bridge=vmbr0,link_down=1',
}
const status: VmStatus = { status: 'running', qmpstatus: 'running', vmid: 1, uptime: 0, ha: { managed: false } }
const map = (changes: Pick<VmConfig, 'protection' | 'lock'> = {}, state: Partial<VmStatus> = {}) =>
  mapVmInfo(
    'lab',
    { vmid: 1, node: 'pve1' },
    { ...config, ...changes },
    { ...status, ...state },
    { sharedStorages: new Set(['nfs']) },
  )

describe('a VM', () => {
  it('is told from its configuration and state, our marker apart', () => {
    const vm = map()
    expect(vm).toMatchObject({
      ref: { endpoint: 'lab', id: '1', locator: 'pve1', incarnation: '6f9619ff-8b86-4d11-b42d-00cf4fc964ff' },
      name: 'web',
      powerState: 'running',
      cpus: 4,
      memoryBytes: 1537 * 1024 ** 2,
      firmware: 'uefi',
      guestOs: 'l26',
      description: 'words',
      tags: ['web'],
      createdBy: { key: '6f9619ff-8b86-5d11-b42d-00cf4fc964ff', specHash: '0123456789abcdef' },
      createdAt: '2026-11-23T08:57:20.000Z',
      uptimeSeconds: 0,
    })
    expect(vm.disks).toEqual([
      { key: 'scsi0', capacityBytes: 1024 ** 4, datastore: 'nfs', path: 'nfs:1/vm-1-disk-0.qcow2' },
      { key: 'scsi1', capacityBytes: 10486 * 1024, datastore: 'pve1/lvm', path: 'lvm:vm-1-disk-1' },
    ])
    expect(vm.nics[0]).toMatchObject({ network: 'vmbr0', connected: false })
    expect(JSON.parse(JSON.stringify(vm))).toStrictEqual(vm)
  })

  it('may be named by nobody', () => {
    const { name: _name, ...unnamed } = config
    expect(mapVmInfo('lab', { vmid: 1, node: 'pve1' }, unnamed, status, { sharedStorages: new Set() }).name).toBe(
      'VM 1',
    )
  })

  it('says what may be done with it, and why not', () => {
    expect(map().allowedActions).toMatchObject({ start: { allowed: true }, delete: { allowed: false } })
    const stopped = { status: 'stopped', qmpstatus: 'stopped' } as const
    expect(map({}, stopped).allowedActions).toMatchObject({ delete: { allowed: true }, restart: { allowed: false } })
    expect(map({ protection: true }, stopped).allowedActions.delete).toMatchObject({
      reason: expect.stringContaining('protected'),
    })
    expect(map({ lock: 'backup' }, stopped).allowedActions.start).toMatchObject({
      reason: expect.stringContaining('backup'),
    })
    expect(map({}, { qmpstatus: 'io-error' }).allowedActions.start).toMatchObject({ allowed: false })
  })
})

describe('parts of a configuration', () => {
  it.each([
    ['1', true],
    ['enabled=1,fstrim_cloned_disks=1', true],
    ['1,type=virtio', true],
    ['0', false],
    ['enabled=0', false],
    [undefined, false],
  ])('agent %j', (agent, enabled) => {
    expect(agentEnabled(agent === undefined ? {} : { agent })).toBe(enabled)
  })

  it('processors and incarnation', () => {
    expect(cpusOf({})).toBe(1)
    expect(cpusOf({ sockets: 2, cores: 4, vcpus: 3 })).toBe(3)
    expect(incarnationOf({ smbios1: 'base64=1,uuid=AB-1' })).toBe('ab-1')
    expect(incarnationOf({})).toBeUndefined()
  })
})
