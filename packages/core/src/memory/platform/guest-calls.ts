import { carryOutInGuest } from './guest-programs.js'
import { filesOf } from './guests.js'
import type { Handlers } from './handlers.js'
import { NativeRefusal } from './native-error.js'
import type { NativeInterface, NativeNic, NativeVm } from './native-types.js'
import { need, needVm, type Site } from './site.js'
import { beginTask } from './tasks.js'

type GuestCall = 'guest.info' | 'guest.run' | 'guest.exit' | 'guest.read' | 'guest.write'

/** How many runs are remembered with their outputs. */
const mostRuns = 1000

/** What goes through the agent of a guest. It needs no account there. */
export const guestCalls: Pick<Handlers, GuestCall> = {
  'guest.info': (site, target) => {
    const vm = needVm(site, target)
    const { tools, hostName = vm.name } = vm.guest
    if (tools !== 'agent') return { agent: 'absent', interfaces: [] }
    if (vm.state !== 'UP') return { agent: 'not-running', interfaces: [] }
    return {
      agent: 'running',
      hostName,
      ...(vm.guestOs !== undefined && { osName: vm.guestOs }),
      interfaces: interfacesOf(vm),
    }
  },
  'guest.run': (site, { run, command, ...target }) => {
    const known = site.guests.runs.get(run)
    if (known) return known.exit ? null : { task: known.task }
    const vm = listening(site, target)
    const { ms, exit } = carryOutInGuest(vm, filesOf(site.guests, vm), command)
    const { boots } = vm
    const { task } = beginTask(site, {
      call: 'guest.run',
      vm,
      ms,
      finish() {
        if (vm.state !== 'UP' || vm.boots !== boots) {
          throw new NativeRefusal('NO_AGENT', `the guest of '${vm.id}' went down while the program ran`)
        }
        site.guests.runs.set(run, { task, exit })
      },
    })
    site.guests.runs.set(run, { task })
    const [oldest] = site.guests.runs.keys()
    if (site.guests.runs.size > mostRuns && oldest !== undefined) site.guests.runs.delete(oldest)
    return { task }
  },
  'guest.exit': (site, { run }) => {
    const { exit } = need(site.guests.runs, run, 'run')
    if (!exit) throw new NativeRefusal('WRONG_STATE', `the run '${run}' has not ended`)
    return exit
  },
  'guest.read': (site, { path, maxBytes, ...target }) => {
    const held = filesOf(site.guests, listening(site, target)).get(path)
    if (held === undefined) throw new NativeRefusal('NO_SUCH_FILE', `the guest has no file '${path}'`)
    const bytes = Buffer.from(held, 'base64')
    const truncated = bytes.length > maxBytes
    return { dataBase64: truncated ? bytes.subarray(0, maxBytes).toString('base64') : held, truncated }
  },
  'guest.write': (site, { path, dataBase64, ...target }) => {
    filesOf(site.guests, listening(site, target)).set(path, dataBase64)
    return { bytes: Buffer.byteLength(dataBase64, 'base64') }
  },
}

/** The VM, if an agent of it can be asked. */
function listening(site: Site, target: { readonly id: string; readonly generation?: string }): NativeVm {
  const vm = needVm(site, target)
  if (vm.guest.tools === 'agent' && vm.state === 'UP') return vm
  const why = vm.guest.tools === 'agent' ? `is ${vm.state}` : 'has no agent'
  throw new NativeRefusal('NO_AGENT', `'${vm.id}' ${why}: nobody inside answers`)
}

/** As an agent tells them: loopback and link-local addresses too, and what containers use inside. */
function interfacesOf({ nics, guest }: NativeVm): NativeInterface[] {
  const cards = nics.filter(({ connected }) => connected).map(interfaceOf)
  return [{ name: 'lo', addresses: ['127.0.0.1', '::1'] }, ...cards, ...(guest.interfaces ?? [])]
}

/** What it was told at creation, else what the network would give it, the same each time. */
function interfaceOf({ mac, ipv4, ipv6 }: NativeNic, index: number): NativeInterface {
  const bytes = mac.split(':').map((pair) => Number.parseInt(pair, 16))
  const [, , , third = 0, fourth = 0, fifth = 0] = bytes
  const isFixed = (address: string | undefined): address is string => address !== undefined && /[.:]/.test(address)
  const leased = `10.${64 + (third % 64)}.${fourth}.${fifth}`
  const inner = bytes.map((byte) => byte.toString(16).padStart(2, '0'))
  const linkLocal = `fe80::${inner[0]}${inner[1]}:${inner[2]}ff:fe${inner[3]}:${inner[4]}${inner[5]}`
  const plain = (address: string): string => address.split('/')[0] ?? ''
  return {
    name: `eth${index}`,
    mac,
    addresses: [isFixed(ipv4) ? plain(ipv4) : leased, linkLocal, ...(isFixed(ipv6) ? [plain(ipv6)] : [])],
  }
}
