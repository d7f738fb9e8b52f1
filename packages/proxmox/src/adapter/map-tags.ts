/** What a tag may look like, as a JavaScript expression. Proxmox VE 7.3 and later. */
export const tagPattern = '^[A-Za-z0-9_][A-Za-z0-9_.+-]*$'
export const tagPatternSays = 'must be letters, digits, _ . + or -, the first a letter, a digit or _'

const none: readonly string[] = []
const ours = /^dcm-[0-9a-f]{8}$/

/** The tag by which bulk rows show the VMs of one key: short, so not unique; the description decides. */
export function markerTag(key: string): string {
  return `dcm-${key.slice(0, 8)}`
}

/** Whether the raw tags hold this tag. */
export function hasTag(raw: string | undefined, tag: string): boolean {
  // Most rows do not hold it at all: look before splitting.
  return raw?.includes(tag) === true && splitTags(raw).includes(tag)
}

/** All tags of a configuration or a row, ours included. Separated by `;`, in older files also by `,` or spaces. */
export function splitTags(raw: string | undefined): readonly string[] {
  if (raw === undefined || raw === '') return none
  return raw.split(/[;, ]+/).filter((tag) => tag !== '')
}

/** The tags that people gave. */
export function userTags(raw: string | undefined): readonly string[] {
  if (raw === undefined || raw === '') return none
  const tags = splitTags(raw).filter((tag) => !ours.test(tag))
  return tags.length === 0 ? none : tags
}

/** Tags as the configuration wants them. The platform sorts and dedupes them by itself. */
export function writeTags(tags: readonly string[]): string {
  return [...new Set(tags)].join(';')
}
