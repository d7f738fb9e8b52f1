import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface RecordedDocument {
  readonly name: string
  readonly bytes: Buffer
}

/** Recorded XML of real systems, or undefined where they are not at hand (said aloud; an error under DCM_REQUIRE_RECORDINGS=1). */
export function recordedDocuments(): readonly RecordedDocument[] | undefined {
  const root =
    process.env.DCM_RECORDINGS ?? fileURLToPath(new URL('../../../../../../shared/recordings', import.meta.url))
  if (!existsSync(root)) {
    if (process.env.DCM_REQUIRE_RECORDINGS === '1')
      throw new Error('DCM_REQUIRE_RECORDINGS=1, but there are no recordings')
    console.log('SKIPPED: no recordings found; set DCM_RECORDINGS to compare the XML codec with recorded documents')
    return undefined
  }
  return [...hmcDocuments(join(root, 'hmc')), ...vsphereDocuments(join(root, 'vsphere', 'vcsim-soap.json'))]
}

function hmcDocuments(folder: string): RecordedDocument[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.xml'))
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }))
}

function vsphereDocuments(file: string): RecordedDocument[] {
  const { exchanges } = JSON.parse(readFileSync(file, 'utf8')) as {
    exchanges: { name: string; request?: string; response?: string }[]
  }
  return exchanges.flatMap(({ name, request, response }) =>
    [request, response].flatMap((text, index) =>
      text?.trimStart().startsWith('<')
        ? [{ name: `${name} ${index === 0 ? 'request' : 'response'}`, bytes: Buffer.from(text) }]
        : [],
    ),
  )
}
