import type { Json } from '../../json.js'
import { portVersion } from '../../plugin.js'
import { unwrap } from '../../result.js'
import { assert, assertEqual, failure, value } from '../assert.js'
import { type Check, only } from '../check.js'
import { facetNames } from '../facet-names.js'
import { facetProbes } from './facets/index.js'

const group = 'contract'

export const contractChecks: readonly Check[] = [
  {
    number: 1,
    group,
    title: 'the manifest is valid and made for this port version',
    async run({ connect, manifest }) {
      const { plugin } = await connect()
      assert(/^[a-z][a-z0-9-]*$/.test(plugin.type), 'a type of one lower-case word', plugin.type)
      assert(plugin.displayName.length > 0, 'a display name', plugin.displayName)
      assertEqual(plugin.portVersion, portVersion, 'portVersion')
      assertEqual([...plugin.facets].sort(), [...manifest].sort(), 'facets of the manifest')
      assertEqual(new Set(plugin.facets).size, plugin.facets.length, 'facets named once')
    },
  },
  {
    number: 2,
    group,
    title: 'capabilities are JSON and equal over two calls',
    async run({ connect }) {
      const port = await connect()
      const first = value(await port.capabilities(), 'capabilities')
      const second = value(await port.capabilities(), 'capabilities again')
      assertEqual(second, first, 'second call')
      assertEqual(JSON.parse(JSON.stringify(first)), first, 'JSON round trip')
    },
  },
  {
    number: 3,
    group,
    title: 'each listed facet is present, each other absent, none beyond the manifest',
    async run({ connect, capabilities, manifest }) {
      const port = await connect()
      const { facets } = await capabilities()
      for (const facet of facets)
        assert(manifest.includes(facet), `the listed facet '${facet}' is in the manifest`, manifest)
      for (const facet of facetNames) {
        // The manifest may leave it out, which a typed port forbids at compile time and an untyped one at run time.
        const answer = await port.facet(facet as never)
        assertEqual(answer.ok, facets.includes(facet), `presence of the facet '${facet}'`)
        assertEqual(
          value(await port.supports(facet as never), 'supports'),
          facets.includes(facet),
          `supports('${facet}')`,
        )
      }
    },
  },
  {
    number: 4,
    group,
    title: 'methods of a listed facet never answer UNSUPPORTED',
    async run(context) {
      const port = await context.connect()
      const { facets } = await context.capabilities()
      only(facets.length > 0, 'the endpoint lists no facet')
      for (const facet of facets) {
        const answers = Object.entries(await facetProbes[facet](port, context))
        assert(answers.length > 0, `the facet '${facet}' has methods`, 'none')
        for (const [method, answer] of answers) {
          const code = answer.ok ? undefined : answer.error.code
          assert(code !== 'UNSUPPORTED', `${facet}.${method} works, since the capabilities list the facet`, code)
        }
      }
    },
  },
  {
    number: 5,
    group,
    title: 'an unlisted facet gives its reason',
    async run({ connect, manifest }) {
      let unlisted = 0
      // One of the endpoints may lack what the other has.
      for (const target of ['endpoint', 'empty'] as const) {
        const port = await connect({ target })
        const { facets, missingFacets } = value(await port.capabilities(), 'capabilities')
        for (const facet of facetNames.filter((name) => !facets.includes(name))) {
          unlisted += 1
          // The manifest may leave it out, which a typed port forbids at compile time and an untyped one at run time.
          const error = failure(await port.facet(facet as never), facet, 'UNSUPPORTED')
          assert(error.message.length > 10, `a reason for the lack of '${facet}'`, error.message)
          if (!manifest.includes(facet)) continue
          const reason = missingFacets[facet] ?? ''
          assert(reason.length > 0, `missingFacets gives the reason why this endpoint lacks '${facet}'`, missingFacets)
          assert(error.message.includes(reason), `the error for '${facet}' gives the reason '${reason}'`, error.message)
        }
      }
      only(unlisted > 0, 'every facet is listed, at the empty endpoint too')
    },
  },
  {
    number: 6,
    group,
    title: 'every object survives a JSON round trip',
    async run({ connect, create, harness }) {
      const port = await connect()
      const vm = await create(port, 'json')
      const seen = value(await port.getVm(vm.ref), 'getVm')
      const deletion = value(await port.deleteVm(vm.ref), 'deleteVm')
      const unknown = await port.getVm({ endpoint: harness.endpoint, id: '999999999' })
      const objects: readonly unknown[] = [
        vm,
        value(await port.testConnection(), 'testConnection'),
        value(await port.capabilities(), 'capabilities'),
        value(await port.listResources(), 'listResources'),
        value(await port.listVms(), 'listVms'),
        seen,
        value(await deletion.wait(), 'delete'),
        deletion.handle,
        unknown.ok ? unknown.value : unknown.error.toJSON(),
      ]
      for (const object of objects) assertEqual(JSON.parse(JSON.stringify(object)), object, 'after a JSON round trip')
    },
  },
  {
    number: 7,
    group,
    title: 'no secret shows in any object, error, log line, audit event or handle',
    async run({ connect, harness, spec }) {
      const heard: unknown[] = []
      const overhear = (said: Json) => heard.push(said)
      const port = await connect({ overhear })
      const { customization, secrets } = harness.scenario
      const created = await port.createVm(spec('secret', customization ? { customization } : {}), {
        onCheckpoint: (handle) => void heard.push(structuredClone(handle)),
      })
      if (created.ok) {
        heard.push(await created.value.wait(), created.value.handle)
      } else heard.push(created.error)
      heard.push(await port.testConnection(), await port.getVm({ endpoint: harness.endpoint, id: '999999999' }))
      const wrong = await connect({ credentials: 'wrong', overhear })
      heard.push(await wrong.testConnection())
      const { inspect } = await import('node:util')
      const text = heard.map((said) => `${inspect(said, { depth: 20 })} ${JSON.stringify(said)} ${String(said)}`).join()
      for (const secret of secrets)
        assert(
          !text.includes(secret),
          'no secret of the harness in what was heard',
          `that at index ${secrets.indexOf(secret)} of the scenario's`,
        )
    },
  },
  {
    number: 8,
    group,
    title: 'close twice is fine, later calls fail clearly, and nothing keeps the process alive',
    async run({ connect, inOtherProcess }) {
      const port = await connect()
      unwrap(await port.listVms())
      await port.close()
      await port.close()
      const error = failure(await port.listVms(), 'listVms after close', 'FAILED_PRECONDITION')
      assert(/clos/i.test(error.message), 'a message that says that the port is closed', error.message)
      const end = await inOtherProcess({ do: 'close' })
      assertEqual(end.result, { ok: true }, 'a process that lists and closes ends by itself')
    },
  },
  {
    number: 9,
    group,
    title: 'two instances share nothing',
    async run({ connect }) {
      const [first, second] = [await connect(), await connect()]
      unwrap(await first.listVms())
      await first.close()
      value(await second.listVms(), 'listVms of the other instance')
      failure(await first.listVms(), 'listVms of the closed instance', 'FAILED_PRECONDITION')
      const stranger = await connect({ credentials: 'wrong' })
      failure(await stranger.listVms(), 'listVms with a wrong password beside a good instance', 'UNAUTHENTICATED')
      value(await second.listVms(), 'listVms after the login of another instance failed')
    },
  },
]
