import type { FacetOf } from '../../../model/facets/facets.js'
import type { VmRef } from '../../../model/references.js'
import type { HypervisorPort } from '../../../port.js'
import { assert, assertEqual, failure, value } from '../../assert.js'
import { type Check, type CheckContext, only } from '../../check.js'
import { ending, facetOf, finish } from './facet-of.js'

type Guest = FacetOf<'guest'>

/** What is told of a guest that runs containers, and which of it leads there from outside. */
const told = [
  { name: 'kit0', addresses: ['2001:db8::80', 'fe80::80', '169.254.80.80', '192.0.2.80'] },
  { name: 'docker0', addresses: ['172.17.0.1'] },
  { name: 'br-0123456789ab', addresses: ['172.18.0.1'] },
  { name: 'cni0', addresses: ['10.88.0.1'] },
] as const
const reachable: readonly string[] = ['192.0.2.80', '2001:db8::80']

export const guestCheck: Check = {
  number: 80,
  group: 'facets',
  title: 'guest: addresses without link-local and container bridges; a limit of its own for what a guest takes',
  async run(context) {
    const port = await context.connect()
    const guest = await facetOf('guest', port, context)
    const vm = await context.create(port, 'asked', { powerOn: true })
    await tellsAddresses(guest, vm.ref, context)
    await doesAsTold(guest, vm.ref, context)
    await isSilent(port, guest, vm.ref, context)
    await finish(port.stopVm(vm.ref, { mode: 'hard' }), 'stop')
    const stopped = value(await guest.info({ ref: vm.ref }), 'info')
    assert(stopped.agent !== 'running', 'no agent runs in a stopped VM', stopped)
    const { command = ['true'], login } = context.harness.scenario.guest ?? {}
    const refused = await ending(guest.exec({ ref: vm.ref, command, ...(login && { login }) }))
    failure(refused, 'exec in a stopped VM', 'FAILED_PRECONDITION')
  },
}

async function tellsAddresses(guest: Guest, ref: VmRef, { fault }: CheckContext): Promise<void> {
  await fault('guestInterfaces')(ref.id, told)
  const info = value(await guest.info({ ref }), 'info')
  assertEqual(info.agent, 'running', 'the agent of a running guest')
  for (const { name, addresses } of told) {
    const shown = info.interfaces.find((one) => one.name === name)
    assertEqual([...(shown?.addresses ?? [])].sort(), [...addresses].sort(), `addresses of the interface '${name}'`)
    for (const address of addresses) {
      const isExpected = reachable.includes(address)
      assertEqual(info.addresses.includes(address), isExpected, `${address} of '${name}' among the addresses`)
    }
  }
  const lost = info.addresses.filter((address) => /^(127\.|169\.254\.|::1$|fe[89ab])/i.test(address))
  assertEqual(lost, [], 'loopback and link-local addresses')
  const families = info.addresses.map((address) => (address.includes(':') ? 6 : 4))
  assertEqual(families, families.toSorted(), 'IPv4 first')
}

async function doesAsTold(guest: Guest, ref: VmRef, { harness }: CheckContext): Promise<void> {
  const asked = harness.scenario.guest
  only(asked !== undefined, "the scenario has no 'guest' with programs and a file")
  if (!asked) return
  const { command, prints, endless, path } = asked
  const login = asked.login ? { login: asked.login } : {}
  const exit = await finish(guest.exec({ ref, command, ...login }), `exec of ${command.join(' ')}`)
  assertEqual([exit.exitCode, exit.stdout.includes(prints)], [0, true], `exit code, and '${prints}' in the output`)
  const dataBase64 = Buffer.from('written by the conformance kit').toString('base64')
  value(await guest.writeFile({ ref, path, dataBase64, ...login }), 'writeFile')
  const read = value(await guest.readFile({ ref, path, ...login }), 'readFile')
  assertEqual(read, { dataBase64, truncated: false }, 'the file read again')
  failure(await guest.readFile({ ref, path: `${path}.none`, ...login }), 'readFile of no file', 'NOT_FOUND')
  const late = failure(
    await ending(guest.exec({ ref, command: endless, limitMs: 1000, ...login })),
    'limitMs',
    'TIMEOUT',
  )
  assertEqual(late.details.timeoutMs, 1000, 'the time in the error is the limit that was given')
}

/** A guest that does not answer costs the call that asks it the time it was given, and nobody else anything. */
async function isSilent(port: HypervisorPort, guest: Guest, ref: VmRef, { fault }: CheckContext): Promise<void> {
  await fault('silenceGuests')()
  const asked = guest.info({ ref }, { timeoutMs: 2000 })
  value(await port.getVm(ref), 'getVm while the guest is silent')
  const answer = await asked
  if (answer.ok) assert(answer.value.agent !== 'running', 'no running agent, since none answers', answer.value)
  else failure(answer, 'info of a silent guest', 'TIMEOUT')
  await fault('clear')()
}
