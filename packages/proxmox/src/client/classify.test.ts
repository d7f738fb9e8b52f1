import { describe, expect, it } from 'vitest'
import { classifyRefusedParameters, classifyText } from './classify.js'

describe('classifyText', () => {
  it.each([
    ["Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist", 'not-found', false],
    ["delete pool failed: pool 'a1' does not exist", 'not-found', false],
    [
      "hostname lookup 'nosuch' failed - failed to get address info for: nosuch: Name or service not known",
      'not-found',
      false,
    ],
    ["unable to create VM 100 - VM 100 already exists on node 'pve1'", 'already-exists', false],
    ['unable to create VM 101: config file already exists', 'already-exists', false],
    ["unable to create VM 100 - CT 100 already exists on node 'pve1'", 'already-exists', false],
    ["create pool failed: pool 'a1' already exists", 'already-exists', false],
    ["create user failed: user 'ci@pve' already exists", 'already-exists', false],
    ["snapshot name 's1' already used", 'already-exists', false],
    ["resource ID 'vm:100' already defined", 'already-exists', false],
    ["create storage failed: storage ID 'nas' already defined", 'already-exists', false],
    ["add auth server failed: domain 'ldap' already exists", 'already-exists', false],
    ["create role failed: role 'ops' already exists", 'already-exists', false],
    ["create sdn zone object failed: sdn zone object ID 'z1' already defined", 'already-exists', false],
    ['VM is locked (backup)', 'locked', true],
    ["can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout", 'lock-timeout', true],
    ["clone failed: can't lock file '/var/lock/pve-manager/pve-storage-lab' - got timeout", 'lock-timeout', true],
    ["clone failed: cfs-lock 'storage-ceph' error: got lock request timeout", 'lock-timeout', true],
    ['checksum mismatch (file change by other user?)', 'digest-mismatch', false],
    ['VM 100 is running - destroy failed', 'failed-precondition', false],
    ['VM 100 not running', 'failed-precondition', false],
    ['VM 100 is not running', 'failed-precondition', false],
    ['VM 100 already running', 'failed-precondition', false],
    ["you can't start a vm if it's a template", 'failed-precondition', false],
    ["you can't convert a template to a template", 'failed-precondition', false],
    ["you can't convert a VM to template if VM is running", 'failed-precondition', false],
    ['unable to create template, because VM contains snapshots', 'failed-precondition', false],
    ["can't remove VM 101 - protection mode enabled", 'failed-precondition', false],
    ['unable to remove VM 100 - used in HA resources and purge parameter not set.', 'failed-precondition', false],
    ["base volume 'lab:100/base-100-disk-0.qcow2' is still in use by linked cloned", 'failed-precondition', false],
    ['VM quit/powerdown failed - got timeout', 'timeout', false],
    ['No QEMU guest agent configured', 'agent-unavailable', false],
    ['QEMU guest agent is not running', 'agent-unavailable', true],
    ["parameter 'storage' not allowed for linked clones", 'validation', false],
    ['shrinking disks is not supported', 'validation', false],
    ["Linked clone feature is not supported for drive 'scsi0'", 'unsupported', false],
    ["can't clone VM to node 'pve2' (VM uses local storage)", 'unsupported', false],
    ['unable to get any free VMID in range [100, 200]', 'resource-exhausted', false],
    ['clone failed: qemu-img: Could not resize image: No space left on device', 'resource-exhausted', false],
    [
      'clone failed: lvcreate \'data/vm-100-disk-0\' error:   Volume group "data" has insufficient free space (255 extents): 1024 required.',
      'resource-exhausted',
      false,
    ],
    [
      "clone failed: lvcreate 'pve/vm-100-disk-0' error:   Cannot create new thin volume, free space in thin pool pve/data reached threshold.",
      'resource-exhausted',
      false,
    ],
    ["zfs error: cannot create 'rpool/data/vm-100-disk-0': out of space", 'resource-exhausted', false],
    ['cluster not ready - no quorum?', 'node-unreachable', true],
  ])('%s', (text, kind, retryable) => {
    expect(classifyText(text)).toEqual({ kind, retryable })
  })

  it('leaves other texts unclassified', () => {
    expect(classifyText('something new')).toBeUndefined()
    expect(classifyText('')).toBeUndefined()
  })

  it.each([
    'start failed: org.freedesktop.systemd1.UnitExists: Unit 101.scope already exists.',
    'lvcreate \'pve/vm-101-disk-0\' error:   Logical Volume "vm-101-disk-0" already exists in volume group "pve"',
    'duplicate parameter (already defined in URI) with conflicting values!',
    'start failed: port 5901 already used',
    "unable to create image: disk image '/var/lib/vz/images/101/vm-101-disk-0.raw' already exists",
  ])('tells no taken name or id from %j', (text) => {
    expect(classifyText(text)?.kind).not.toBe('already-exists')
  })
})

describe('classifyRefusedParameters', () => {
  it.each([
    [{ vmid: 'VM 100 already exists' }, 'already-exists'],
    [{ upid: 'no such task' }, 'task-lost'],
    [{ name: "ACME account config file 'x' does not exist." }, 'not-found'],
    [{ skiplock: 'Only root may use this option.' }, 'permission-denied'],
    [{ upid: 'unable to parse worker upid' }, 'validation'],
    [{ vmid: 'VM 100 already exists', cores: 'value must have a minimum value of 1' }, 'validation'],
    [{}, 'validation'],
  ])('%j is %s', (errors, kind) => {
    expect(classifyRefusedParameters(errors).kind).toBe(kind)
  })
})
