import { expect, it } from 'vitest'
import { docComment, sentences } from './documentation.js'

it('says facts in sentences', () => {
  expect(sentences({ access: 'CUR', since: 'V1_5_0|V1_3_0', group: 'Advanced', excludedFromETag: true })).toEqual([
    'Access: set at creation and by updates, required (CUR).',
    'Only in answers to `group=Advanced`.',
    'Changes of it do not change the ETag.',
    'Since V1_5_0 or V1_3_0.',
  ])
  expect(sentences({ access: 'ROA|UOD' })).toEqual([
    'Access: read-only (ROA) or set by updates only, has a default (UOD).',
  ])
  expect(sentences({ reference: 'EnvironmentBrowser', privilege: 'System.View', secret: true })).toEqual([
    'Refers to an EnvironmentBrowser.',
    'A secret: never log it.',
    'Needs the privilege System.View.',
  ])
})

it('breaks long comments and cannot be left early', () => {
  expect(docComment([])).toBe('')
  expect(docComment(['Short.'], '  ')).toBe('  /** Short. */\n')
  expect(docComment(['a */ b'])).toBe('/** a *\\/ b */\n')
  const long = docComment([Array.from({ length: 60 }, () => 'word').join(' ')], '  ')
  expect(long.split('\n').every((line) => line.length <= 120)).toBe(true)
  expect(long.startsWith('  /**\n   * word')).toBe(true)
})
