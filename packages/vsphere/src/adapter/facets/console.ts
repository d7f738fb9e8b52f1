import { type AdapterFacetOf, type ConsoleTicket, HypervisorError, Secret } from '@dcm/core'
import type { VirtualMachineTicket } from '../../generated/virtual-machine.js'
import { requireVm } from '../locate.js'
import type { Platform } from '../platform.js'
import { assertReachable, refused } from '../power/power-state.js'

/** Documented for tickets of this kind; the answer does not tell it. */
const ticketMs = 30 * 60_000

/** AcquireTicket('webmks'): the screen, on the ESXi host that the VM runs on. Serial lines have no tickets. */
export function consoleFacet(platform: Platform): AdapterFacetOf<'console'> {
  return {
    async open({ ref, kind }, { signal }): Promise<ConsoleTicket> {
      if (kind === 'serial') {
        throw new HypervisorError('UNSUPPORTED', "there are tickets for a VM's 'screen' only, not for 'serial'", {
          resource: ref.id,
          details: { feature: 'console', reason: "kind 'serial'" },
        })
      }
      const row = await requireVm(platform, ref, signal)
      assertReachable(row)
      if (row['runtime.powerState'] !== 'poweredOn') {
        throw refused(row, 'does not run, and only a running VM has a screen: start it', 'not-running')
      }
      const asked = Date.now()
      const ticket = await platform.api.call(row.ref, 'AcquireTicket', { ticketType: 'webmks' }, { signal })
      const fingerprint256 = fingerprintOf(ticket)
      return {
        protocol: 'webmks',
        url: addressOf(ticket, platform.api.host),
        secret: new Secret(ticket.ticket),
        expiresAt: new Date(asked + ticketMs).toISOString(),
        ...(fingerprint256 !== undefined && { fingerprint256 }),
      }
    },
  }
}

/** Where the ticket is good, without it: it is the last part of the path. */
function addressOf({ url, ticket, host, port = 443 }: VirtualMachineTicket, endpoint: string): string {
  if (url?.endsWith(ticket) === true) return url.slice(0, -ticket.length)
  const name = host ?? endpoint
  return `wss://${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}:${port}/ticket/`
}

/** Since 7.0.3.1; what older versions tell is of SHA-1. */
function fingerprintOf({ certThumbprintList }: VirtualMachineTicket): string | undefined {
  return certThumbprintList.find(({ hashAlgorithm }) => /^sha-?256$/i.test(hashAlgorithm ?? ''))?.thumbprint
}
