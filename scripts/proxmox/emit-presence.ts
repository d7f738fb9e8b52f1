import type { ApiModel } from './api-model.js'
import { header, literal, quote } from './typescript-text.js'

/** presence.ts: which releases have which operations and parameters. */
export function emitPresence({ presence, version }: ApiModel): string {
  return `${header(version, 'What older releases lack, and what they had that is gone. Absent = in every release.')}
type Release = ${presence.versions.map(quote).join(' | ')}

export interface Presence {
  /** Operation key to the first release that has it. */
  readonly since: Readonly<Record<string, Release>>
  /** Operations gone since, with the last release that had them. */
  readonly removed: Readonly<Record<string, Release>>
  /** Operation key, then parameter, to the first release that has it. */
  readonly parameters: Readonly<Record<string, Readonly<Record<string, Release>>>>
  /** Parameters gone since, with the last release that had them. */
  readonly removedParameters: Readonly<Record<string, Readonly<Record<string, Release>>>>
}

export const presence: Presence = ${literal({
    since: presence.since,
    removed: presence.removed,
    parameters: presence.parameters,
    removedParameters: presence.removedParameters,
  })}
`
}
