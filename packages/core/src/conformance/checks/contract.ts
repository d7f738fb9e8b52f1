import type { Json } from '../../json.js'
import type { FacetName } from '../../model/facets.js'
import { portVersion } from '../../plugin.js'
import { unwrap } from '../../result.js'
import { assert, assertEqual, failure, sameJson, value } from '../assert.js'
import { type Check, only } from '../check.js'
import { inOtherProcess } from '../other-process.js'

const group = 'contract'

export const contractChecks: readonly Check[] = [
  {
    number: 1,
    group,
    title: 'the manifest is valid and made for this port version',
    async run({ connect, manifest }) {
      const { plugin } = await connect()
      assert(/^[a-z][a-z0-9-]*$/.test(plugin.type), `the type '${plugin.type}' is a lower-case word`)
      assert(plugin.displayName.length > 0, 'the plugin has a display name')
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
      for (const facet of facets) assert(manifest.includes(facet), `'${facet}' is in the manifest`)
      for (const facet of port.plugin.facets) {
        const answer = await port.facet(facet)
        assertEqual(answer.ok, facets.includes(facet), `presence of the facet '${facet}'`)
        assertEqual(value(await port.supports(facet), 'supports'), facets.includes(facet), `supports('${facet}')`)
      }
    },
  },
  {
    number: 4,
    group,
    title: 'methods of a listed facet never answer UNSUPPORTED',
    async run({ connect, capabilities }) {
      const port = await connect()
      const { facets } = await capabilities()
      only(facets.length > 0, 'the endpoint lists no facet')
      for (const facet of facets) {
        const methods: object = value(await port.facet(facet), facet)
        assert(Object.keys(methods).length > 0, `the facet '${facet}' has methods`)
      }
    },
  },
  {
    number: 5,
    group,
    title: 'an unlisted facet gives its reason',
    async run({ connect, capabilities }) {
      const port = await connect()
      const { facets } = await capabilities()
      const all: readonly FacetName[] = ['snapshots', 'console', 'migrate', 'folders', 'events', 'guest']
      const unlisted = all.filter((facet) => !facets.includes(facet))
      only(unlisted.length > 0, 'every facet is listed')
      for (const facet of unlisted) {
        // The manifest may leave it out, which a typed port forbids at compile time and an untyped one at run time.
        const error = failure(await port.facet(facet as never), facet, 'UNSUPPORTED')
        assert(error.message.length > 10, `the reason for '${facet}' says something`)
      }
    },
  },
  {
    number: 6,
    group,
    title: 'every object survives a JSON round trip',
    async run({ connect, create }) {
      const port = await connect()
      const vm = await create(port, 'json')
      const objects: readonly unknown[] = [
        vm,
        value(await port.testConnection(), 'testConnection'),
        value(await port.listResources(), 'listResources'),
        value(await port.listVms(), 'listVms'),
        value(await port.getVm(vm.ref), 'getVm'),
      ]
      for (const object of objects) assert(sameJson(JSON.parse(JSON.stringify(object)), object), 'equal after JSON')
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
      for (const secret of secrets) assert(!text.includes(secret), 'no secret of the harness in what was heard')
    },
  },
  {
    number: 8,
    group,
    title: 'close twice is fine, later calls fail clearly, and nothing keeps the process alive',
    async run({ connect, harness, harnessUrl }) {
      const port = await connect()
      unwrap(await port.listVms())
      await port.close()
      await port.close()
      const error = failure(await port.listVms(), 'listVms after close', 'FAILED_PRECONDITION')
      assert(/clos/i.test(error.message), 'the message says that the port is closed')
      const { attachment } = harness
      if (attachment === undefined) return
      const end = await inOtherProcess({ harnessUrl, attachment, work: { do: 'close' } })
      assertEqual(end.result, { ok: true }, 'a process that lists and closes')
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
    },
  },
]
