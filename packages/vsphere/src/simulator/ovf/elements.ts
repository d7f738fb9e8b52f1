import type { XmlElement } from '@dcm/wire/xml'

/** Every element below this one, in the order of the document. */
export function everythingIn(element: XmlElement): XmlElement[] {
  return element.children.flatMap((child) => (typeof child === 'string' ? [] : [child, ...everythingIn(child)]))
}

export function attributeOf({ attributes }: XmlElement, name: string): string | undefined {
  return attributes.find((attribute) => attribute.name === name)?.value
}

/** Text of the first element of that name below this one; empty where there is none. */
export function textIn(element: XmlElement, name: string): string {
  const found = everythingIn(element).find((child) => child.name === name)
  return found?.children.join('') ?? ''
}
