import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type SimulatorSession, sessionWith } from '../../test/simulator-session.js'
import { type ProxmoxSimulator, startProxmoxSimulator } from './index.js'

let simulator: ProxmoxSimulator
let session: SimulatorSession
const base = '/nodes/pve1/qemu'

beforeAll(async () => {
  simulator = await startProxmoxSimulator({
    speed: 200,
    timing: { agentBootMs: 40, agentPatienceMs: 5 },
    seed: {
      vms: [
        { vmid: 200, name: 'with-agent', agent: true, running: true },
        { vmid: 201, name: 'plain', running: true, storage: 'local-lvm' },
        { vmid: 202, name: 'empty', hasSystem: false, running: true },
        { vmid: 203, name: 'stopped', cloudInit: true },
      ],
    },
  })
  session = sessionWith(simulator)
})

afterAll(() => simulator?.close())

function vm(vmid: number): NonNullable<ReturnType<ProxmoxSimulator['vms']>[number]> {
  const found = simulator.vms().find((known) => known.vmid === vmid)
  if (found === undefined) throw new Error(`no guest ${vmid}`)
  return found
}

async function end(method: string, path: string, parameters?: Record<string, string>): Promise<string> {
  return (await session.task(method, path, parameters)).exitstatus
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1))
}

describe('creating', () => {
  it('takes the id before it answers, so that a second caller is refused at once', async () => {
    const both = await Promise.all([
      session.call('POST', base, { vmid: '300', name: 'a', memory: '64' }),
      session.call('POST', '/nodes/pve2/qemu', { vmid: '300', name: 'b', memory: '64' }),
    ])
    expect(both.map((reply) => reply.status).sort()).toEqual([200, 500])
    expect(both.map((reply) => reply.reason).join()).toContain(
      'unable to create VM 300 - VM 300 already exists on node',
    )
  })

  it('allocates disks, imports images and fills in what was not said', async () => {
    const status = await end('POST', base, {
      vmid: '301',
      name: 'made',
      scsi0: 'local-lvm:4',
      ide2: 'local:iso/debian-13.1.0-amd64-netinst.iso,media=cdrom',
      net0: 'virtio,bridge=vmbr0,tag=10',
      tags: 'web,prod',
    })
    expect(status).toBe('OK')
    expect(vm(301).config).toMatchObject({
      scsi0: 'local-lvm:vm-301-disk-0,size=4G',
      boot: 'order=scsi0;ide2;net0',
      tags: 'prod;web',
      net0: expect.stringMatching(/^virtio=BC:24:11:[0-9A-F:]{8},bridge=vmbr0,tag=10$/),
    })
  })

  it('leaves nothing when its disk cannot be made', async () => {
    expect(await end('POST', base, { vmid: '302', scsi0: 'local-lvm:999999' })).toMatch(/^unable to create VM 302 - /)
    expect(simulator.vms().some((known) => known.vmid === 302)).toBe(false)
  })

  it('reuses an id with a new identity', async () => {
    const first = vm(301).config.smbios1
    await end('DELETE', `${base}/301`)
    await end('POST', base, { vmid: '301' })
    expect(vm(301).config.smbios1).not.toBe(first)
  })
})

describe('stopping', () => {
  it('goes by the agent, by the power button, or not at all', async () => {
    simulator.faults.agentUp(200)
    expect(await end('POST', `${base}/200/status/shutdown`)).toBe('OK')
    expect(await end('POST', `${base}/201/status/shutdown`)).toBe('OK')
    expect(await end('POST', `${base}/202/status/shutdown`, { timeout: '1' })).toBe(
      'VM quit/powerdown failed - got timeout',
    )
    expect([200, 201, 202].map((vmid) => vm(vmid).running)).toEqual([false, false, true])
  })

  it('is forced after its time', async () => {
    expect(await end('POST', `${base}/202/status/shutdown`, { timeout: '1', forceStop: '1' })).toBe('OK')
    expect(vm(202).running).toBe(false)
  })

  it('can be overruled while a shutdown waits', async () => {
    await end('POST', `${base}/202/status/start`)
    const waiting = end('POST', `${base}/202/status/shutdown`, { timeout: '6000' })
    await until(() => simulator.tasks().some((task) => task.type === 'qmshutdown' && task.running))
    expect(await end('POST', `${base}/202/status/stop`, { 'overrule-shutdown': '1' })).toBe('OK')
    expect(await waiting).toBe('interrupted by signal')
  })

  it('refuses a paused guest at once', async () => {
    await end('POST', `${base}/202/status/start`)
    await end('POST', `${base}/202/status/suspend`)
    const refused = await session.call('POST', `${base}/202/status/shutdown`)
    expect(refused.reason).toBe('VM is paused - cannot shutdown')
    expect(await end('POST', `${base}/202/status/resume`)).toBe('OK')
    expect(vm(202).qmpStatus).toBe('running')
  })

  it('to disk keeps the state, which a start takes up again', async () => {
    await end('POST', `${base}/202/status/suspend`, { todisk: '1' })
    expect([vm(202).running, vm(202).lock]).toEqual([false, 'suspended'])
    expect(await end('POST', `${base}/202/status/start`)).toBe('OK')
    expect([vm(202).running, vm(202).lock]).toEqual([true, undefined])
  })

  it('and starting again is what a reboot does, after its task', async () => {
    await end('POST', `${base}/201/status/start`)
    const before = vm(201).pid
    await end('POST', `${base}/201/status/reboot`)
    await until(() => vm(201).running)
    expect(vm(201).pid).not.toBe(before)
  })
})

describe('configuring', () => {
  it('of a running guest waits for its stop where nothing can be plugged', async () => {
    await session.call('PUT', `${base}/201/config`, { cores: '4', name: 'renamed', net1: 'virtio,bridge=vmbr1' })
    expect(vm(201).config).toMatchObject({ cores: 2, name: 'renamed', net1: expect.stringContaining('vmbr1') })
    const rows = (await session.call('GET', `${base}/201/pending`)).data
    expect(rows).toContainEqual({ key: 'cores', value: 2, pending: 4 })
    await end('POST', `${base}/201/status/stop`)
    expect(vm(201).config.cores).toBe(4)
  })

  it('detaches a disk, and destroys it only when told to', async () => {
    await session.call('PUT', `${base}/201/config`, { delete: 'scsi0' })
    expect(vm(201).config.unused0).toBe('local-lvm:vm-201-disk-0')
    await session.call('PUT', `${base}/201/config`, { scsi1: 'local-lvm:vm-201-disk-0' })
    expect(vm(201).config).toMatchObject({ scsi1: 'local-lvm:vm-201-disk-0,size=10G' })
    expect(vm(201).config.unused0).toBeUndefined()
    await session.call('PUT', `${base}/201/unlink`, { idlist: 'scsi1', force: '1' })
    expect(simulator.volumes().some((volume) => volume.vmid === 201)).toBe(false)
  })

  it('in a task answers null when it was waited for', async () => {
    const reply = await session.call('POST', `${base}/201/config`, { cores: '1', background_delay: '30' })
    expect(reply.data).toBeNull()
  })

  it('checks the digest that was read', async () => {
    const { digest } = (await session.call('GET', `${base}/201/config`)).data as { digest: string } // a guest's config
    expect((await session.call('PUT', `${base}/201/config`, { digest, cores: '2' })).status).toBe(200)
    expect((await session.call('PUT', `${base}/201/config`, { digest, cores: '3' })).reason).toBe(
      'checksum mismatch (file change by other user?)',
    )
  })

  it('hides the password of cloud-init', async () => {
    await session.call('PUT', `${base}/203/config`, { cipassword: 'hunter2', ciuser: 'me' })
    const reply = await session.call('GET', `${base}/203/config`)
    expect(reply.data).toMatchObject({ cipassword: '**********', ciuser: 'me' })
    expect(reply.text).not.toContain('hunter2')
  })

  it('needs something to do', async () => {
    expect((await session.call('PUT', `${base}/203/config`)).reason).toBe('no options specified')
  })
})

describe('snapshots', () => {
  it('make a tree whose children outlive their parent', async () => {
    for (const snapname of ['one', 'two']) await end('POST', `${base}/203/snapshot`, { snapname })
    expect(await end('DELETE', `${base}/203/snapshot/one`)).toBe('OK')
    const rows = (await session.call('GET', `${base}/203/snapshot`)).data
    expect(rows).toMatchObject([{ name: 'two' }, { name: 'current', parent: 'two' }])
    expect(await end('POST', `${base}/203/snapshot/one/rollback`)).toBe("snapshot 'one' does not exist")
  })

  it('bring back what was changed since', async () => {
    await session.call('PUT', `${base}/203/config`, { memory: '4096' })
    expect(await end('POST', `${base}/203/snapshot/two/rollback`, { start: '1' })).toBe('OK')
    expect([vm(203).config.memory, vm(203).running]).toEqual(['2048', true])
  })

  it('refuse reserved names at once', async () => {
    expect((await session.call('POST', `${base}/203/snapshot`, { snapname: 'current' })).status).toBe(500)
  })
})

describe('the agent', () => {
  it('is told apart by what is missing', async () => {
    const path = (vmid: number): string => `${base}/${vmid}/agent/network-get-interfaces`
    expect((await session.call('GET', path(203))).reason).toBe('No QEMU guest agent configured')
    expect((await session.call('GET', path(200))).reason).toBe('VM 200 is not running')
    simulator.faults.apply({ type: 'agent', vmid: 200, state: 'normal' })
    await end('POST', `${base}/200/status/start`)
    simulator.faults.agentSilent(200)
    expect((await session.call('GET', path(200))).reason).toBe('QEMU guest agent is not running')
  })

  it('tells addresses by the MAC of the configuration, and runs commands', async () => {
    simulator.faults.agentUp(200)
    const reply = await session.call('GET', `${base}/200/agent/network-get-interfaces`)
    const mac = /virtio=([0-9A-F:]+)/.exec(String(vm(200).config.net0))?.[1]?.toLowerCase()
    expect(reply.data).toMatchObject({ result: [{ name: 'lo' }, { 'hardware-address': mac }] })
    const { pid } = (await session.call('POST', `${base}/200/agent/exec`, { command: 'hostname' })).data as {
      pid: number
    }
    const status = await session.call('GET', `${base}/200/agent/exec-status`, { pid: String(pid) })
    expect(status.data).toEqual({ exited: 1, exitcode: 0, 'out-data': 'with-agent\n' })
  })
})

describe('moving', () => {
  it('to another node keeps the id, and needs leave for local disks', async () => {
    await end('POST', base, { vmid: '310', scsi0: 'local-lvm:1' })
    await end('POST', `${base}/310/status/start`)
    const migrate = { target: 'pve2', online: '1' }
    expect((await session.call('POST', `${base}/310/migrate`, migrate)).reason).toContain('with-local-disks')
    expect(await end('POST', `${base}/310/migrate`, { ...migrate, 'with-local-disks': '1' })).toBe('OK')
    expect([vm(310).node, vm(310).running, vm(310).lock]).toEqual(['pve2', true, undefined])
    expect(simulator.volumes().find((volume) => volume.vmid === 310)?.node).toBe('pve2')
    expect((await session.call('GET', `${base}/310/config`)).reason).toBe(
      "Configuration file 'nodes/pve1/qemu-server/310.conf' does not exist",
    )
  })

  it('a disk to another storage keeps the old one unless told otherwise', async () => {
    await end('POST', base, { vmid: '311', scsi0: 'local-lvm:1' })
    expect(await end('POST', `${base}/311/move_disk`, { disk: 'scsi0', storage: 'shared' })).toBe('OK')
    expect(vm(311).config).toMatchObject({
      scsi0: 'shared:311/vm-311-disk-0.qcow2,size=1G',
      unused0: 'local-lvm:vm-311-disk-0',
    })
  })

  it('a disk to another guest hands the volume over', async () => {
    await end('POST', base, { vmid: '312' })
    const parameters = { disk: 'unused0', 'target-vmid': '312', 'target-disk': 'scsi0' }
    expect(await end('POST', `${base}/311/move_disk`, parameters)).toBe('OK')
    expect(vm(312).config.scsi0).toMatch(/^local-lvm:vm-312-disk-0/)
  })
})

describe('destroying', () => {
  it('warns about disks it cannot free', async () => {
    await end('POST', base, { vmid: '320', scsi0: 'local-lvm:1' })
    simulator.faults.leaveVolumes()
    const { exitstatus, log } = await session.task('DELETE', `${base}/320`)
    expect(exitstatus).toBe('WARNINGS: 1')
    expect(log.join()).toContain("Could not remove disk 'local-lvm:vm-320-disk-0', check manually")
    const left = await session.call('GET', '/nodes/pve1/storage/local-lvm/content', { vmid: '320' })
    expect(left.data).toMatchObject([{ volid: 'local-lvm:vm-320-disk-0' }])
  })

  it('also takes volumes that no config names when told to', async () => {
    await end('POST', base, { vmid: '320' })
    await end('DELETE', `${base}/320`, { 'destroy-unreferenced-disks': '1' })
    expect(simulator.volumes().some((volume) => volume.vmid === 320)).toBe(false)
  })
})
