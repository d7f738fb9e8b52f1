import { gib, mib, unwrap } from '@dcm/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { cloudVm, counted, create, failureOf, finish, type Lab, startLab, writes } from './lab.js'

let lab: Lab
beforeAll(async () => {
  lab = await startLab({ seed: { pools: ['web'] } })
})
afterAll(() => lab.close())
beforeEach(() => lab.simulator.requests.clear())

describe('createVm from a template', () => {
  it('makes what was asked for', async () => {
    const vm = await create(
      lab.port,
      cloudVm('web-1', {
        cpus: 4,
        memoryBytes: gib(4) + mib(1),
        disks: [{ sizeBytes: gib(20) + mib(3) }, { sizeBytes: gib(5) }],
        nics: [{ network: { name: 'vmbr1' }, vlanId: 30, ipv4: { cidr: '192.0.2.10/24', gateway: '192.0.2.1' } }],
        description: 'the front\nof the shop',
        tags: ['web', 'prod'],
        placement: { resourcePool: { name: 'web' } },
        customization: {
          userName: 'ops',
          password: { secretValue: 'hunter2-hunter2' },
          sshPublicKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIabc+/= ops@example'],
          dnsServers: ['192.0.2.53', '192.0.2.54'],
          searchDomains: ['example.com'],
        },
        powerOn: true,
        extensions: { proxmox: { onboot: true, cpuType: 'host' } },
      }),
    )
    expect(vm).toMatchObject({
      name: 'web-1',
      cpus: 4,
      memoryBytes: gib(4) + mib(1),
      powerState: 'running',
      description: 'the front\nof the shop',
      host: 'pve1',
      firmware: 'bios',
    })
    expect([...vm.tags].sort()).toEqual(['prod', 'web'])
    expect(vm.disks.map(({ capacityBytes, datastore }) => [capacityBytes, datastore])).toEqual([
      [gib(20) + mib(3), 'shared'],
      [gib(5), 'shared'],
    ])
    expect(vm.nics).toHaveLength(1)
    expect(vm.nics[0]).toMatchObject({ network: 'vmbr1', vlanId: 30, connected: true, model: 'virtio' })
    expect(vm.ref.incarnation).toMatch(/^[0-9a-f-]{36}$/)
    const native = lab.simulator.vms().find(({ vmid }) => String(vmid) === vm.ref.id)
    expect(native).toMatchObject({ pool: 'web', running: true })
    expect(native?.config).toMatchObject({
      ciuser: 'ops',
      onboot: 1,
      cpu: 'host',
      ipconfig0: 'ip=192.0.2.10/24,gw=192.0.2.1',
    })
    expect(decodeURIComponent(String(native?.config.sshkeys))).toContain('AAAAC3NzaC1lZDI1NTE5AAAAIabc+/= ops@example')
  })

  it('keeps the MAC address that the clone got', async () => {
    const vm = await create(lab.port, cloudVm('mac-kept', { nics: [{ network: { id: 'vmbr1' } }] }))
    const clone = lab.simulator.requests.entries().find(({ path }) => path.endsWith('/clone'))
    expect(clone).toBeDefined()
    const template = lab.simulator.vms().find(({ vmid }) => vmid === 9000)
    expect(String(template?.config.net0)).not.toContain(vm.nics[0]?.macAddress)
    const native = lab.simulator.vms().find(({ vmid }) => String(vmid) === vm.ref.id)
    expect(String(native?.config.net0)).toContain(vm.nics[0]?.macAddress)
  })

  it('stays stopped without powerOn, links when asked, goes to another node', async () => {
    const vm = await create(
      lab.port,
      cloudVm('linked-1', {
        source: { from: 'template', template: { id: '9000' }, clone: 'linked' },
        placement: { host: { name: 'pve2' } },
      }),
    )
    expect(vm).toMatchObject({ powerState: 'stopped', host: 'pve2' })
    expect(vm.disks[0]?.path).toContain('base-9000-disk-0')
  })

  it('gives the same VM for the same key and specification, without a write', async () => {
    const spec = cloudVm('once', { powerOn: true })
    const first = await create(lab.port, spec, 'order-1')
    lab.simulator.requests.clear()
    const second = await create(await lab.connect(), spec, 'order-1')
    expect(second.ref).toEqual(first.ref)
    expect(writes(lab)).toEqual([])
    expect(counted(lab, 'once')).toBe(1)
  })

  it('refuses the key for another specification', async () => {
    await create(lab.port, cloudVm('key-owner'), 'order-2')
    const error = await failureOf(await lab.port.createVm(cloudVm('key-thief'), { idempotencyKey: 'order-2' }))
    expect(error).toMatchObject({ code: 'ALREADY_EXISTS', details: { reason: 'idempotency-key' } })
    expect(counted(lab, 'key-thief')).toBe(0)
  })

  it('makes one VM when two processes race with one key', async () => {
    const other = await lab.connect()
    const spec = cloudVm('raced')
    const [one, two] = await Promise.all([create(lab.port, spec, 'order-3'), create(other, spec, 'order-3')])
    expect(one.ref.id).toBe(two.ref.id)
    expect(counted(lab, 'raced')).toBe(1)
  })

  it('makes eight VMs for eight keys at once', async () => {
    const vms = await Promise.all(
      Array.from({ length: 8 }, (_, index) => create(lab.port, cloudVm(`eight-${index}`), `eight-${index}`)),
    )
    expect(new Set(vms.map(({ ref }) => ref.id)).size).toBe(8)
  })

  it('tries another id when its own is taken meanwhile', async () => {
    const narrow = { vmidRange: { from: 200, to: 203 } }
    const ports = await Promise.all([
      lab.connect(narrow),
      lab.connect(narrow),
      lab.connect(narrow),
      lab.connect(narrow),
    ])
    const vms = await Promise.all(
      ports.map((port, index) => create(port, cloudVm(`narrow-${index}`), `narrow-${index}`)),
    )
    expect(vms.map(({ ref }) => ref.id).sort()).toEqual(['200', '201', '202', '203'])
    const [port = lab.port] = ports
    const error = await failureOf(await port.createVm(cloudVm('too-many')))
    expect(error).toMatchObject({ code: 'RESOURCE_EXHAUSTED', details: { resource: 'vmid' } })
  })

  it('tells its progress, never backwards', async () => {
    const operation = unwrap(await lab.port.createVm(cloudVm('progress', { powerOn: true })))
    const fractions: number[] = []
    unwrap(
      await operation.wait({ onProgress: ({ fraction }) => void (fraction !== undefined && fractions.push(fraction)) }),
    )
    expect(fractions.at(-1)).toBe(1)
    expect(fractions).toEqual([...fractions].sort((one, other) => one - other))
  })
})

describe('createVm without a template', () => {
  it('makes a blank VM with its disks', async () => {
    const vm = await create(lab.port, {
      name: 'blank-1',
      source: { from: 'blank', guestOs: 'l26', firmware: 'uefi' },
      cpus: 2,
      memoryBytes: gib(1),
      disks: [{ sizeBytes: gib(8), datastore: { name: 'local-lvm' } }, { sizeBytes: mib(1537) }],
      nics: [{ network: { name: 'vmbr0' }, macAddress: '02:00:5e:10:00:01' }],
      placement: { host: { id: 'pve3' } },
      powerOn: true,
    })
    expect(vm).toMatchObject({ host: 'pve3', cpus: 2, memoryBytes: gib(1), firmware: 'uefi', powerState: 'running' })
    expect(vm.disks.map(({ capacityBytes }) => capacityBytes)).toEqual([gib(8), mib(1537)])
    expect(vm.disks[0]?.datastore).toBe('pve3/local-lvm')
    expect(vm.nics[0]?.macAddress).toBe('02:00:5E:10:00:01')
  })

  it('makes a VM that boots from an installation image', async () => {
    const vm = await create(lab.port, {
      name: 'installer',
      source: { from: 'image', image: { name: 'debian-13.1.0-amd64-netinst.iso', within: 'shared' } },
      cpus: 1,
      memoryBytes: gib(1),
      disks: [{ sizeBytes: gib(8) }],
      powerOn: false,
    })
    const native = lab.simulator.vms().find(({ vmid }) => String(vmid) === vm.ref.id)
    expect(native?.config.ide2).toContain('shared:iso/debian-13.1.0-amd64-netinst.iso')
    expect(vm.disks).toHaveLength(1)
  })

  it('makes one blank VM for one key, also in a race', async () => {
    const other = await lab.connect()
    const spec = {
      name: 'blank-raced',
      source: { from: 'blank' as const },
      cpus: 1,
      memoryBytes: gib(1),
      disks: [{ sizeBytes: gib(1) }],
      powerOn: false,
    }
    const [one, two] = await Promise.all([create(lab.port, spec, 'blank-1'), create(other, spec, 'blank-1')])
    expect(one.ref.id).toBe(two.ref.id)
    expect(counted(lab, 'blank-raced')).toBe(1)
  })
})

describe('deleteVm after createVm', () => {
  it('removes the VM with its disks, and again is success', async () => {
    const vm = await create(lab.port, cloudVm('short-lived'))
    const report = await finish(await lab.port.deleteVm(vm.ref))
    expect(report.removed).toContain(vm.ref.id)
    expect(report.left).toEqual([])
    expect(lab.simulator.volumes().filter(({ vmid }) => String(vmid) === vm.ref.id)).toEqual([])
    expect(await finish(await lab.port.deleteVm(vm.ref))).toEqual({ removed: [], left: [] })
  })
})
