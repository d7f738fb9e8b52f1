import { parseXml } from '@dcm/wire/xml'
import type { SoapAnswer, SoapSession } from '../soap-session.js'
import { find, shape, taskShape, textOf } from './shapes.js'

/** What each answer of a scenario looked like, by the name of its call. */
export interface Notes {
  readonly seen: Map<string, unknown>
  note(name: string, answer: SoapAnswer): SoapAnswer
  /** Waits for the task of the answer, notes how it ended, and gives its result. */
  noteTask(name: string, answer: SoapAnswer): Promise<string>
}

export function createNotes(soap: SoapSession): Notes {
  const seen = new Map<string, unknown>()
  return {
    seen,
    note(name, answer) {
      seen.set(name, shape(answer))
      return answer
    },
    async noteTask(name, answer) {
      const info = await soap.task(answer)
      seen.set(name, taskShape(info))
      return textOf(find(parseXml(info), 'result'))
    },
  }
}
