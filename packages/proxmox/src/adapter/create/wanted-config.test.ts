import { gib, mib } from '@dcm/core'
import { describe, expect, it } from 'vitest'
import type { VmConfig } from '../platform.js'
import type { SealedSpec } from './state.js'
import { wantedConfig } from './wanted-config.js'

const clone: VmConfig = {
  digest: 'd',
  name: 'web',
  cores: 2,
  memory: '2048',
  scsi0: 'lvm:vm-100-disk-0,size=3G',
  ide2: 'lvm:vm-100-cloudinit,media=cdrom',
  net0: 'virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1',
  boot: 'order=scsi0',
  tags: 'golden;dcm-ffffffff',
}
const spec = (more: Partial<SealedSpec> = {}): SealedSpec => ({
  name: 'web',
  source: { from: 'template', template: { id: '9000' } },
  ...more,
})
const wanted = (more: Partial<SealedSpec>, rest: Partial<Parameters<typeof wantedConfig>[0]> = {}) =>
  wantedConfig({
    spec: spec(more),
    config: clone,
    bridges: [],
    diskStorages: [],
    password: undefined,
    tag: 'dcm-01234567',
    ...rest,
  })

describe('what a clone still needs', () => {
  it('is the tag alone when nothing is asked for; the template’s own tags stay, its maker’s does not', () => {
    expect(wanted({})).toEqual({ changes: { tags: 'golden;dcm-01234567' }, grow: [], seed: false })
  })

  it('is nothing when everything fits, whatever the order and form', () => {
    const done: VmConfig = { ...clone, tags: 'dcm-01234567;b;a', memory: 'current=4096', cores: 4, sockets: 1 }
    const same = { cpus: 4, memoryBytes: gib(4), tags: ['a', 'b'], disks: [{ sizeBytes: gib(3) }] }
    expect(wanted(same, { config: done })).toEqual({ changes: {}, grow: [], seed: false })
  })

  it('keeps MAC address and options of an interface that changes its bridge', () => {
    const { changes } = wanted({ nics: [{ network: { id: 'vmbr1' }, vlanId: 7 }] }, { bridges: ['vmbr1'] })
    expect(changes.net0).toBe('virtio=BC:24:11:00:00:01,bridge=vmbr1,tag=7,firewall=1')
    const unchanged = wanted({ nics: [{ network: { id: 'vmbr0' } }] }, { bridges: ['vmbr0'] })
    expect(unchanged.changes).not.toHaveProperty('net0')
  })

  it('adds interfaces and disks at the next free keys', () => {
    const nics = [{ network: { id: 'vmbr0' } }, { network: { id: 'vmbr1' }, macAddress: '02:00:5e:10:00:01' }]
    const { changes, grow } = wanted(
      { nics, disks: [{ sizeBytes: gib(10) }, { sizeBytes: mib(1536) }] },
      { bridges: ['vmbr0', 'vmbr1'], diskStorages: [null, 'ceph'] },
    )
    expect(changes).toMatchObject({ net1: 'virtio=02:00:5E:10:00:01,bridge=vmbr1', scsi1: 'ceph:1.5' })
    expect(grow).toEqual([['scsi0', gib(10)]])
  })

  it('writes cloud-init, and a password each time since it cannot be read back', () => {
    const customization = {
      userName: 'ops',
      sshPublicKeys: ['ssh-ed25519 AAAA a@b'],
      dnsServers: ['192.0.2.1', '2001:db8::1'],
    }
    const nics = [
      { network: { id: 'vmbr0' }, ipv4: 'dhcp' as const, ipv6: { cidr: '2001:db8::5/64', gateway: '2001:db8::1' } },
    ]
    const first = wanted({ customization, nics }, { bridges: ['vmbr0'], password: 'hunter2' })
    expect(first).toMatchObject({
      seed: true,
      changes: {
        ciuser: 'ops',
        cipassword: 'hunter2',
        sshkeys: 'ssh-ed25519%20AAAA%20a%40b',
        nameserver: '192.0.2.1 2001:db8::1',
        ipconfig0: 'ip=dhcp,ip6=2001:db8::5/64,gw6=2001:db8::1',
      },
    })
    const written: VmConfig = { ...clone, ...first.changes, cipassword: '**********' }
    const again = wanted({ customization, nics }, { bridges: ['vmbr0'], password: 'hunter2', config: written })
    expect(again.changes).toEqual({ cipassword: 'hunter2' })
  })

  it('gives a clone without a cloud-init drive one', () => {
    const { ide2: _drive, ...bare } = clone
    const { changes } = wanted({ customization: { userName: 'ops' } }, { config: bare })
    expect(changes).toMatchObject({ ide0: 'lvm:cloudinit', ciuser: 'ops' })
  })

  it('lowers a balloon that would lie above the memory, and follows sockets', () => {
    const { changes } = wanted(
      { memoryBytes: mib(1024), cpus: 4, extensions: { proxmox: { sockets: 2 } } as never },
      { config: { ...clone, balloon: 2048, vcpus: 1 } },
    )
    expect(changes).toMatchObject({ memory: '1024', balloon: 1024, sockets: 2, vcpus: 4 })
    expect(changes).not.toHaveProperty('cores')
  })
})
