import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { GeneratorConfig } from '../config.js'
import type { ComplexType, SchemaModel, TypeModel } from '../model/schema-model.js'
import { readSchemas } from '../xsd/read-schemas.js'

/** Writes files into a folder that is gone after the test, and gives the folder. */
export function writeFiles(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'xsd2ts-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return folder
}

/** A schema for `urn:a` around the declarations. The declarations begin on line 2. */
export function schemaText(declarations: string, attributes = ''): string {
  return `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:a" targetNamespace="urn:a" elementFormDefault="qualified" ${attributes}>
${declarations}
</xs:schema>`
}

export function readText(declarations: string, config: GeneratorConfig = {}): SchemaModel {
  const folder = writeFiles({ 'a.xsd': schemaText(declarations) })
  return readSchemas([join(folder, 'a.xsd')], config)
}

export function typeNamed(model: SchemaModel, name: string): TypeModel {
  const type = [...model.types.values()].find((candidate) => candidate.name === name)
  if (type === undefined) throw new Error(`no type ${name} among ${[...model.types.values()].map((each) => each.name)}`)
  return type
}

export function complexNamed(model: SchemaModel, name: string): ComplexType {
  const type = typeNamed(model, name)
  if (type.form !== 'complex') throw new Error(`${name} is not complex`)
  return type
}

/** Members as short words: `name:kind` with `*` for a list and `!` for required. */
export function members(model: SchemaModel, name: string): string[] {
  return complexNamed(model, name).members.map((member) => {
    const kind = 'type' in member.value ? member.value.type.replace(/^\{.*\}/, '') : member.value.primitive
    const place = { element: '', attribute: '@', text: '#', any: '*' }[member.place]
    return `${place}${member.name}:${kind}${member.list ? '*' : ''}${member.required ? '!' : ''}`
  })
}
