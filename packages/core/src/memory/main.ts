// A platform in a process of its own: prints one line of JSON, { url, token }, then serves until it is ended, or until
// its standard input ends when started with --until-input-ends.
import { parseArgs } from 'node:util'
import type { FacetName } from '../model/facets/facets.js'
import { createMemoryPlatform } from './platform/platform.js'
import { serveMemory } from './serve.js'

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    site: { type: 'string', multiple: true },
    clock: { type: 'string', default: 'real' },
    empty: { type: 'boolean', default: false },
    without: { type: 'string', multiple: true },
    'until-input-ends': { type: 'boolean', default: false },
  },
})

const platform = createMemoryPlatform({
  clock: values.clock === 'virtual' ? 'virtual' : 'real',
  empty: values.empty,
  ...(values.site && { sites: values.site }),
  // A facet that does not exist is one that no endpoint has.
  ...(values.without && { without: values.without as FacetName[] }),
})
const served = await serveMemory(platform, values.port === undefined ? {} : { port: Number(values.port) })
process.stdout.write(`${JSON.stringify({ url: served.url, token: served.token })}\n`)

const end = (): void => {
  void served.close().then(() => process.exit(0))
}
process.once('SIGTERM', end)
process.once('SIGINT', end)
if (values['until-input-ends']) process.stdin.on('end', end).resume()
