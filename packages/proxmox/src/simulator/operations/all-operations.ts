import { accessReadOperations } from './access-reads.js'
import { accessTicketOperations } from './access-ticket.js'
import { accessUserOperations } from './access-users.js'
import { clusterOperations } from './cluster.js'
import { haOperations } from './ha.js'
import { lxcOperations } from './lxc.js'
import { lxcSnapshotOperations } from './lxc-snapshots.js'
import { nodeOperations } from './nodes.js'
import type { Operation } from './operation.js'
import { poolOperations } from './pools.js'
import { qemuCloneOperations } from './qemu-clone.js'
import { qemuCloudInitOperations } from './qemu-cloudinit.js'
import { qemuConfigOperations } from './qemu-config.js'
import { qemuConsoleOperations } from './qemu-console.js'
import { qemuCreateOperations } from './qemu-create.js'
import { qemuDestroyOperations } from './qemu-destroy.js'
import { qemuDiskOperations } from './qemu-disks.js'
import { qemuGuestOperations } from './qemu-guest.js'
import { qemuMigrateOperations } from './qemu-migrate.js'
import { qemuPowerOperations } from './qemu-power.js'
import { qemuReadOperations } from './qemu-reads.js'
import { qemuSnapshotOperations } from './qemu-snapshots.js'
import { qemuTemplateOperations } from './qemu-template.js'
import { sdnOperations } from './sdn.js'
import { storageOperations } from './storage.js'
import { storageConfigOperations } from './storage-config.js'
import { storageUploadOperations } from './storage-upload.js'
import { taskOperations } from './tasks.js'
import { versionOperations } from './version.js'

/** Every operation the simulator plays, by method and path template. */
export const allOperations: ReadonlyMap<string, Operation> = new Map(
  [
    versionOperations,
    accessTicketOperations,
    accessReadOperations,
    accessUserOperations,
    clusterOperations,
    haOperations,
    nodeOperations,
    taskOperations,
    storageConfigOperations,
    storageOperations,
    storageUploadOperations,
    poolOperations,
    sdnOperations,
    qemuReadOperations,
    qemuCreateOperations,
    qemuConfigOperations,
    qemuCloneOperations,
    qemuTemplateOperations,
    qemuDestroyOperations,
    qemuPowerOperations,
    qemuDiskOperations,
    qemuSnapshotOperations,
    qemuMigrateOperations,
    qemuCloudInitOperations,
    qemuGuestOperations,
    qemuConsoleOperations,
    lxcOperations,
    lxcSnapshotOperations,
  ].flatMap((group) => group.map((operation) => [operation.key, operation] as const)),
)
