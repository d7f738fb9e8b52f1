/**
 * Category of the tags that are made here. On vSphere each tag belongs to a category, on the port tags are plain texts: a tag of
 * this category shows as its name, one of another category as `category:name`.
 */
export const ownCategory = 'dcm'

/** No control characters, no blanks at the ends; the length is vCenter's. */
export const tagPattern = '^(?!\\s)[^\\p{Cc}]{1,255}(?<!\\s)$'
export const tagPatternSays = 'must be one line of at most 255 characters, without blanks at its ends'

export interface TagCategory {
  readonly id: string
  readonly name: string
}

export function textOfTag(category: string, name: string): string {
  return category === ownCategory ? name : `${category}:${name}`
}

/** Categories in which tags of these texts can be. */
export function placesOf(texts: readonly string[], all: readonly TagCategory[]): TagCategory[] {
  return all.filter(({ name }) => name === ownCategory || texts.some((text) => text.startsWith(`${name}:`)))
}

/** Why a tag that is not set up cannot be made: its category is somebody's. Undefined: ours, where it can. */
export function whyNotMade(text: string, all: readonly TagCategory[]): string | undefined {
  const keeper = placesOf([text], all).find(({ name }) => name !== ownCategory)
  return (
    keeper &&
    `names '${text}', a tag of the category '${keeper.name}', which has none of that name: make it there first`
  )
}
