import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type GeneratorConfig, readConfig } from './config.js'
import { emitFiles } from './emit/emit-files.js'
import type { SchemaModel } from './model/schema-model.js'
import { planGeneration } from './plan/generation-plan.js'
import { overlayFacts } from './vim/overlay-facts.js'
import { readVimFacts } from './vim/read-vim-facts.js'
import { readSchemas } from './xsd/read-schemas.js'

export interface GenerateOptions {
  /** XML Schema and WSDL files, or one file of vim25 facts (JSON). */
  readonly files: readonly string[]
  /** Default: `xsd2ts.json` beside the first file, else no settings. */
  readonly config?: string | GeneratorConfig
  /** Facts of vim25 to complete a WSDL with. */
  readonly facts?: string
  /** Module that the codec is imported from; a relative one is seen from the output folder. Default `@dcm/wire/xml`. */
  readonly codec?: string
}

export interface Generated {
  /** Text of each file by its path below the output folder. */
  readonly files: ReadonlyMap<string, string>
  readonly model: SchemaModel
}

/** Reads schemas and gives the files that they turn into. Writes nothing. */
export function generate(options: GenerateOptions): Generated {
  const config = typeof options.config === 'object' ? options.config : findConfig(options)
  const read = readModel(options.files, config)
  const model = options.facts === undefined ? read : overlayFacts(read, readVimFacts(options.facts, config))
  return { files: emitFiles(planGeneration(model, config, options.codec)), model }
}

function findConfig({ files, config }: GenerateOptions): GeneratorConfig {
  if (typeof config === 'string') return readConfig(config)
  const [first] = files
  const beside = first === undefined ? undefined : join(dirname(first), 'xsd2ts.json')
  return beside !== undefined && existsSync(beside) ? readConfig(beside) : {}
}

function readModel(files: readonly string[], config: GeneratorConfig): SchemaModel {
  const [first] = files
  if (first === undefined) throw new Error('Name the files to read')
  if (!first.endsWith('.json')) return readSchemas(files, config)
  if (files.length > 1) throw new Error('A file of facts is generated from alone')
  return readVimFacts(first, config)
}
