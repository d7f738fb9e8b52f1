import type { ConnectionReport } from '@dcm/core'
import { reference } from '../client/reference.js'
import type { Platform } from './platform.js'

/** What the report tells of the configuration. */
export interface ConnectionFacts {
  readonly principal: string
  readonly trust: ConnectionReport['trust']
}

/** What the port's verbs need on the root folder, and what for. */
const privileges: Readonly<Record<string, string>> = {
  'System.View': 'lists stay empty',
  'VirtualMachine.Inventory.Create': 'VMs cannot be created',
  'VirtualMachine.Provisioning.DeployTemplate': 'VMs cannot be made from templates',
  'VirtualMachine.Interact.PowerOn': 'VMs cannot be started',
  'VirtualMachine.Interact.PowerOff': 'VMs cannot be stopped',
  'VirtualMachine.Inventory.Delete': 'VMs cannot be deleted',
}

/** Logs in, which proves address, certificate and credentials, and asks which privileges are held on the root folder. */
export async function testConnection(
  platform: Platform,
  { trust, principal: configured }: ConnectionFacts,
  signal: AbortSignal,
): Promise<ConnectionReport> {
  const { sessionManager = reference('SessionManager', 'SessionManager') } = await platform.api.serviceContent()
  const { currentSession: session } = await platform.api.read(sessionManager, 'SessionManager', ['currentSession'], {
    signal,
  })
  const [{ product, version }, platformIdentity, missing] = await Promise.all([
    platform.facts(),
    platform.identity(),
    session === undefined ? [] : missingPrivileges(platform, session.key, signal),
  ])
  return {
    product,
    version,
    platformIdentity,
    principal: session?.userName ?? configured,
    trust,
    warnings: [
      ...(trust === 'untrusted'
        ? [
            'the certificate is not checked (allowUntrusted): anybody in between can read and change everything; pin it with fingerprint256',
          ]
        : []),
      ...missing.map(
        (privilege) =>
          `without ${privilege} on the root folder ${privileges[privilege]}, except below objects with a role of their own`,
      ),
    ],
  }
}

async function missingPrivileges(platform: Platform, sessionId: string, signal: AbortSignal): Promise<string[]> {
  const { authorizationManager, rootFolder } = await platform.api.serviceContent()
  if (authorizationManager === undefined) return []
  const [held] = await platform.api.call(
    authorizationManager,
    'HasPrivilegeOnEntities',
    { entity: [rootFolder], sessionId, privId: Object.keys(privileges) },
    { signal },
  )
  return (held?.privAvailability ?? []).filter(({ isGranted }) => !isGranted).map(({ privId }) => privId)
}
