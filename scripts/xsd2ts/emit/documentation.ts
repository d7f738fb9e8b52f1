import type { Facts } from '../model/facts.js'

const accessKinds: Readonly<Record<string, string>> = {
  CO: 'set at creation only',
  CU: 'set at creation and by updates',
  UO: 'set by updates only',
  RO: 'read-only',
}
const accessNeeds: Readonly<Record<string, string>> = { R: ', required', D: ', has a default', O: ', optional' }

/** Sentences for a doc comment, in our own words. */
export function sentences(facts: Facts): string[] {
  const { documentation, nativeName, reference, access, group, since, privilege, defaultValue } = facts
  return [
    ...(facts.purpose === undefined ? [] : [facts.purpose]),
    ...(documentation === undefined ? [] : [documentation]),
    ...(nativeName === undefined ? [] : [`\`${nativeName}\`.`]),
    ...(reference === undefined ? [] : [`Refers to ${withArticle(reference)}.`]),
    ...(access === undefined ? [] : [`Access: ${accessText(access)}.`]),
    ...(group === undefined ? [] : [`Only in answers to \`group=${group}\`.`]),
    ...(facts.excludedFromETag === true ? ['Changes of it do not change the ETag.'] : []),
    ...(facts.secret === true ? ['A secret: never log it.'] : []),
    ...(defaultValue === undefined ? [] : [`Default \`${defaultValue}\`.`]),
    ...(since === undefined ? [] : [`Since ${since.replaceAll('|', ' or ')}.`]),
    ...(privilege === undefined ? [] : [`Needs the privilege ${privilege}.`]),
    ...(facts.unrecorded === true ? ['Not seen in an answer yet.'] : []),
  ]
}

/** `CUR` as `set at creation and by updates, required (CUR)`; of several codes each is told. */
function accessText(codes: string): string {
  return codes
    .split('|')
    .map((code) => {
      const kind = accessKinds[code.slice(0, 2)]
      return kind === undefined ? code : `${kind}${accessNeeds[code.slice(2)] ?? ''} (${code})`
    })
    .join(' or ')
}

/** A doc comment of the sentences, in lines of at most 120 columns; nothing for none. */
export function docComment(texts: readonly string[], indent = ''): string {
  const text = texts.join(' ').replaceAll('*/', '*\\/').trim()
  if (text === '') return ''
  const single = `${indent}/** ${text} */\n`
  if (single.length <= 121) return single
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + 3 + line.length + 1 + word.length > 120) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  lines.push(line)
  return `${indent}/**\n${lines.map((each) => `${indent} * ${each}\n`).join('')}${indent} */\n`
}

/** `a Datastore`, `an EnvironmentBrowser`. */
export function withArticle(name: string): string {
  return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`
}
