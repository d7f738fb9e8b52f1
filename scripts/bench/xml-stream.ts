// Streams a feed from a file in pieces of 64 kB and prints what it cost. Bundled and run in a process without any loader.
import { createReadStream } from 'node:fs'
import { compileDecoder, decodeItems } from '@dcm/wire/xml'
import { partitionSchema } from './xml-input.js'

const item = compileDecoder(partitionSchema(), 'AtomEntry')
const source = createReadStream(process.argv[2] ?? '', { highWaterMark: 64 * 1024 })
let entries = 0
for await (const entry of decodeItems(source, { path: ['feed', 'entry'], item })) if (entry !== undefined) entries++
const { user, system } = process.cpuUsage()
console.log(
  `  ${entries} entries, ${Math.round((user + system) / 1000)} ms, peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MB resident`,
)
