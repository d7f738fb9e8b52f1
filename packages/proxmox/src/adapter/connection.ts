import { type ConnectionReport, HypervisorError } from '@dcm/core'
import { readCluster } from './cluster.js'
import { missingPrivileges, readPermissions, seesNoVms } from './permissions.js'
import type { Platform } from './platform.js'

/** What the report tells of the configuration. */
export interface ConnectionFacts {
  /** A token's id or a user's name. */
  readonly principal: string
  readonly credentials: 'token' | 'password'
  readonly trust: ConnectionReport['trust']
}

/**
 * GET /version proves address, certificate and credentials, with one login at most; GET /access/permissions finds out
 * what lists would silently leave out. PERMISSION_DENIED when nothing may be done with VMs at all.
 */
export async function testConnection(
  platform: Platform,
  facts: ConnectionFacts,
  signal: AbortSignal,
): Promise<ConnectionReport> {
  const version = await platform.api.version()
  const [permissions, cluster] = await Promise.all([
    platform.api.request('GET /access/permissions', {}, { signal }),
    readCluster(platform.api, signal),
  ])
  const held = readPermissions(permissions)
  if (seesNoVms(held)) throw rightless(platform.endpoint, facts)
  return {
    product: 'Proxmox VE',
    version: version.version,
    platformIdentity: cluster.identity,
    principal: facts.principal,
    trust: facts.trust,
    warnings: [
      ...(facts.trust === 'untrusted'
        ? [
            'the certificate is not checked (allowUntrusted): anybody in between can read and change everything; pin it with fingerprint256',
          ]
        : []),
      ...(cluster.quorate === false
        ? ['the cluster has no quorum: everything that changes something will fail until enough nodes are back']
        : []),
      ...missingPrivileges(held),
    ],
  }
}

function rightless(endpoint: string, facts: ConnectionFacts): HypervisorError {
  const why =
    facts.credentials === 'token'
      ? 'the token has no own ACLs: with privilege separation it does not inherit its user’s rights'
      : 'the user has no role on /vms, on a pool or on /'
  const message = `'${facts.principal}' is logged in but sees nothing: ${why}. Add a permission with a role such as PVEVMAdmin (Datacenter, Permissions), else every list stays empty`
  return new HypervisorError('PERMISSION_DENIED', message, {
    endpoint,
    operation: 'testConnection',
    details: { missing: [{ privilege: 'VM.Audit', on: '/vms' }] },
  })
}
