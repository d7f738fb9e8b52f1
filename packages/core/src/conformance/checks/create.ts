import { HypervisorError } from '../../errors/hypervisor-error.js'
import type { OperationHandle } from '../../operations/handle.js'
import { gib } from '../../units.js'
import { assert, assertEqual, CheckFailure, failure, value } from '../assert.js'
import { type Check, type CheckContext, only } from '../check.js'
import { patienceMs } from '../patience.js'
import { named, noVolumes } from './native.js'

const group = 'create'

export const createChecks: readonly Check[] = [
  {
    number: 37,
    group,
    title: 'from a template: cpus, memory, name, networks and metadata as asked for',
    async run({ connect, create, capabilities, harness }) {
      const port = await connect()
      const { networkId } = harness.scenario
      const tags = (await capabilities()).naming.tagPattern === undefined ? undefined : ['kit-one', 'kit-two']
      const vm = await create(port, 'asked', {
        cpus: 3,
        memoryBytes: gib(3),
        description: 'made by the conformance kit',
        ...(tags && { tags }),
        ...(networkId !== undefined && { nics: [{ network: { id: networkId } }] }),
      })
      assertEqual([vm.cpus, vm.memoryBytes], [3, gib(3)], 'cpus and memoryBytes')
      assertEqual(vm.description, 'made by the conformance kit', 'description')
      if (tags) assertEqual([...vm.tags].sort(), tags, 'tags')
      if (networkId !== undefined) assertEqual(vm.nics[0]?.network, networkId, 'network')
      assert(vm.name.includes('asked'), "a name that holds 'asked'", vm.name)
      assert(vm.disks.length > 0, 'the disks of the template', vm.disks)
      assertEqual(value(await port.getVm(vm.ref), 'getVm').cpus, 3, 'cpus read again')
      only(networkId !== undefined, "the scenario has no 'networkId' to put a VM on")
    },
  },
  {
    number: 38,
    group,
    title: 'same key and specification twice: one VM',
    async run({ connect, spec, need }) {
      const vms = need('vms')
      const port = await connect()
      const twice = spec('twice')
      const first = value(await port.createVm(twice, { idempotencyKey: 'key-38' }), 'first createVm')
      const one = value(await first.wait(), 'first')
      const second = value(await port.createVm(twice, { idempotencyKey: 'key-38' }), 'second createVm')
      const two = value(await second.wait(), 'second')
      assertEqual(two.ref.id, one.ref.id, 'id')
      assertEqual(named(await vms(), twice.name).length, 1, 'VMs of that name at the server')
    },
  },
  {
    number: 39,
    group,
    title: 'same key, other specification: ALREADY_EXISTS',
    async run({ connect, spec, need }) {
      const vms = need('vms')
      const port = await connect()
      const first = value(await port.createVm(spec('first'), { idempotencyKey: 'key-39' }), 'createVm')
      value(await first.wait(), 'first')
      const before = (await vms()).length
      const second = await port.createVm(spec('second', { cpus: 3 }), { idempotencyKey: 'key-39' })
      const answer = second.ok ? await second.value.wait() : second
      assertEqual(failure(answer, 'second', 'ALREADY_EXISTS').details.reason, 'idempotency-key', 'reason')
      assertEqual((await vms()).length, before, 'VMs at the server after the refusal')
    },
  },
  {
    number: 40,
    group,
    title: 'two at once with one key: one VM',
    async run({ connect, spec, need }) {
      const vms = need('vms')
      const [left, right] = [await connect(), await connect()]
      const same = spec('race')
      const answers = await Promise.all(
        [left, right].map(async (port) => {
          const operation = await port.createVm(same, { idempotencyKey: 'key-40' })
          return operation.ok ? operation.value.wait({ timeoutMs: patienceMs }) : operation
        }),
      )
      const ids = answers.map((answer) => value(answer, 'a contender').ref.id)
      assertEqual(new Set(ids).size, 1, 'both get one VM')
      assertEqual(named(await vms(), same.name).length, 1, 'VMs of that name at the server')
    },
  },
  {
    number: 41,
    group,
    title: 'eight at once with eight keys: eight VMs',
    async run({ connect, spec, need }) {
      const vms = need('vms')
      const port = await connect()
      const specs = Array.from({ length: 8 }, (_, index) => spec(`eight-${index}`))
      const made = await Promise.all(
        specs.map(async (one, index) => {
          const operation = value(await port.createVm(one, { idempotencyKey: `key-41-${index}` }), one.name)
          return value(await operation.wait({ timeoutMs: patienceMs }), one.name)
        }),
      )
      assertEqual(new Set(made.map(({ ref }) => ref.id)).size, 8, 'distinct ids')
      const native = await vms()
      for (const { name } of specs) assertEqual(named(native, name).length, 1, `VMs named ${name}`)
    },
  },
  {
    number: 42,
    group,
    title: 'an id taken by somebody else in between is survived',
    async run({ connect, create, fault, need }) {
      const take = fault('takeNextId')
      const vms = need('vms')
      const port = await connect()
      await take()
      const vm = await create(port, 'collision')
      assertEqual(named(await vms(), vm.name).length, 1, 'VMs of that name at the server')
    },
  },
  {
    number: 43,
    group,
    title: 'a fault at each mutation in turn: nothing left, or PARTIAL listing it',
    async run(context) {
      const { fault, need } = context
      const mutation = fault('mutation')
      const vms = need('vms')
      const volumes = context.harness.volumes?.bind(context.harness)
      const mutations = await context.mutationsOfCreate()
      for (const how of ['refuse', 'fail-later'] as const) {
        let failures = 0
        for (let n = 1; n <= mutations; n += 1) {
          const before = volumes ? await volumes() : []
          await mutation(n, how)
          const { name, answer } = await tryToCreate(context, `fault-${n}`)
          await fault('clear')()
          const left = named(await vms(), name)
          if (answer.ok) {
            // Retried with success, or there was no n-th mutation: either way there is exactly one.
            assertEqual(left.length, 1, `VMs after ${how} of mutation ${n}`)
            continue
          }
          failures += 1
          if (answer.error.code === 'PARTIAL') {
            const listed = answer.error.details.leftovers.map(({ id }) => id)
            assert(listed.length > 0, 'PARTIAL lists leftovers', answer.error.details)
            for (const { id } of left) assert(listed.includes(id), `PARTIAL lists the VM ${id}`, listed)
            continue
          }
          assertEqual(left.length, 0, `VMs left after ${how} of mutation ${n} (${answer.error.message})`)
          if (volumes)
            assertEqual((await volumes()).length, before.length, `volumes left after ${how} of mutation ${n}`)
        }
        assert(failures > 0, `'${how}' makes at least one creation fail`, failures)
      }
      only(volumes !== undefined, noVolumes)
    },
  },
  {
    number: 44,
    group,
    title: 'the clean-up operation of PARTIAL removes what was left',
    async run(context) {
      const { connect, fault, need } = context
      const [mutation, undoFails, clear] = [fault('mutation'), fault('undoFails'), fault('clear')]
      const vms = need('vms')
      const mutations = await context.mutationsOfCreate()
      for (let n = 2; n <= mutations; n += 1) {
        await mutation(n, 'fail-later')
        await undoFails()
        const { name, answer } = await tryToCreate(context, `partial-${n}`)
        await clear()
        if (answer.ok || answer.error.code !== 'PARTIAL') continue
        const port = await connect()
        const stored: OperationHandle<'cleanUp'> = JSON.parse(JSON.stringify(answer.error.details.cleanUp))
        const cleanUp = value(await port.resumeOperation(stored), 'resumeOperation of the clean-up')
        const report = value(await cleanUp.wait(), 'clean-up')
        assertEqual(report.left, [], 'what the clean-up left')
        assertEqual(named(await vms(), name).length, 0, 'VMs after the clean-up')
        return
      }
      throw new CheckFailure('no mutation whose failure, with undo failing too, gives PARTIAL')
    },
  },
  {
    number: 45,
    group,
    title: 'unknown template, network and datastore: NOT_FOUND, all at once, no write',
    async run({ connect, spec, need }) {
      const counts = need('counts')
      const port = await connect()
      const wrong = spec('nowhere', {
        source: { from: 'template', template: { name: 'no-such-template' } },
        nics: [{ network: { name: 'no-such-network' } }],
        placement: { datastore: { name: 'no-such-datastore' } },
      })
      await need('resetCounts')()
      const error = failure(await port.createVm(wrong), 'createVm', 'NOT_FOUND')
      assertEqual(
        error.details.missing.map(({ kind }) => kind).sort(),
        ['datastore', 'network', 'template'],
        'what is missing',
      )
      assertEqual((await counts()).writes, 0, 'writes')
    },
  },
  {
    number: 46,
    group,
    title: 'an ambiguous name: AMBIGUOUS with its candidates',
    async run({ connect, spec, harness }) {
      const { ambiguousTemplate } = harness.scenario
      only(ambiguousTemplate !== undefined, 'the platform keeps template names unique')
      const port = await connect()
      const unclear = spec('unclear', { source: { from: 'template', template: { name: ambiguousTemplate ?? '' } } })
      const error = failure(await port.createVm(unclear), 'createVm', 'AMBIGUOUS')
      assert((error.details.references[0]?.candidates.length ?? 0) >= 2, 'at least two candidates', error.details)
    },
  },
  {
    number: 47,
    group,
    title: 'the longest name works, one more is INVALID_ARGUMENT',
    async run({ connect, spec, harness }) {
      const { longestName, tooLongName } = harness.scenario
      only(longestName !== undefined && tooLongName !== undefined, 'the platform sets no limit')
      const port = await connect()
      failure(await port.createVm(spec('long', { name: tooLongName ?? '' })), 'too long', 'INVALID_ARGUMENT')
      const operation = value(await port.createVm(spec('long', { name: longestName ?? '' })), 'longest')
      assertEqual(value(await operation.wait(), 'longest').name, longestName, 'name')
    },
  },
  {
    number: 48,
    group,
    title: 'no room: RESOURCE_EXHAUSTED',
    async run(context) {
      await context.fault('exhaust')()
      const { answer } = await tryToCreate(context, 'full')
      const error = failure(answer, 'createVm without room', 'RESOURCE_EXHAUSTED')
      assert(error.message.length > 10, 'a message that says what is exhausted', error.message)
    },
  },
  {
    number: 49,
    group,
    title: 'powerOn false stays stopped, true ends running',
    async run({ connect, create }) {
      const port = await connect()
      assertEqual((await create(port, 'off', { powerOn: false })).powerState, 'stopped', 'powerOn false')
      assertEqual((await create(port, 'on', { powerOn: true })).powerState, 'running', 'powerOn true')
    },
  },
  {
    number: 50,
    group,
    title: 'an answer lost after each mutation was accepted: adopted, no duplicate',
    async run(context) {
      const { fault, need } = context
      const mutation = fault('mutation')
      const vms = need('vms')
      const mutations = await context.mutationsOfCreate()
      for (let n = 1; n <= mutations; n += 1) {
        await mutation(n, 'lose-answer')
        const { name, answer } = await tryToCreate(context, `lost-${n}`)
        await fault('clear')()
        value(answer, `createVm with the answer of mutation ${n} lost`)
        assertEqual(named(await vms(), name).length, 1, `VMs with the answer of mutation ${n} lost`)
      }
    },
  },
  {
    number: 51,
    group,
    title: 'an extension of this platform is applied, an unknown field in it refused',
    async run({ connect, create, spec, harness }) {
      const { extension } = harness.scenario
      const port = await connect()
      const { type } = port.plugin
      const wrong = spec('unknown-field', { extensions: { [type]: { noSuchField: true } } })
      const error = failure(await port.createVm(wrong), 'unknown field', 'INVALID_ARGUMENT')
      assert(error.message.includes('noSuchField'), 'a message that names the field', error.message)
      only(extension !== undefined, 'the scenario has no extension')
      if (!extension) return
      const vm = await create(port, 'extended', { extensions: extension.value })
      assert(await extension.isApplied(vm.ref.id), 'the server shows what the extension asked for', 'it does not')
      const plain = await create(port, 'unextended')
      assert(
        !(await extension.isApplied(plain.ref.id)),
        'the server shows no extension where none was asked for',
        'it does',
      )
    },
  },
]

async function tryToCreate(context: CheckContext, word: string) {
  const port = await context.connect()
  const spec = context.spec(word, { powerOn: true })
  const started = await port.createVm(spec)
  if (!started.ok) return { name: spec.name, answer: started }
  const answer = await started.value.wait({ timeoutMs: patienceMs })
  if (!answer.ok) assert(HypervisorError.isInstance(answer.error), 'a HypervisorError', answer.error)
  return { name: spec.name, answer }
}
