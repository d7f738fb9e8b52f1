import type { AdapterFacetOf, ConnectContext, GuestLogin, VmRef } from '@dcm/core'
import { requireVm } from '../../locate.js'
import type { Platform } from '../../platform.js'
import { authOf, createGuestDoor, requireLogin, type Visit } from './door.js'
import { execInGuest, requireTools } from './exec.js'
import { guestPaths, mapGuestInfo } from './info.js'

const longestFile = 1_048_576

/** What VMware Tools tell and do. Info needs no login; everything else is done as a user of the guest. */
export function guestFacet(platform: Platform, secrets: ConnectContext['secrets']): AdapterFacetOf<'guest'> {
  const door = createGuestDoor(platform.api)

  async function enter(ref: VmRef, login: GuestLogin | undefined, signal: AbortSignal): Promise<Visit> {
    const { userName, password } = requireLogin(login)
    const row = await requireVm(platform, ref, signal)
    requireTools(row)
    const value =
      'secretRef' in password ? (await secrets.resolve(password.secretRef, signal)).reveal() : password.secretValue
    return { vm: row.ref, auth: authOf(userName, value), signal }
  }

  return {
    async info({ ref }, { signal }) {
      const { ref: vm } = await requireVm(platform, ref, signal)
      return mapGuestInfo(await platform.api.read(vm, 'VirtualMachine', guestPaths, { signal }))
    },
    async readFile({ ref, path, maxBytes = longestFile, login }, { signal }) {
      const { bytes, truncated } = await door.read(await enter(ref, login, signal), path, maxBytes)
      return { dataBase64: Buffer.from(bytes).toString('base64'), truncated }
    },
    async writeFile({ ref, path, dataBase64, login }, { signal }) {
      const bytes = Buffer.from(dataBase64, 'base64')
      await door.write(await enter(ref, login, signal), path, bytes)
      return { bytes: bytes.length }
    },
    exec: execInGuest(platform, door),
  }
}
