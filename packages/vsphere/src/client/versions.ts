import { parseXml, type XmlElement } from '@dcm/wire/xml'

/** Versions of vim25 in their order; names are not numbers. The last one is that of our tables. */
const known = [
  '2.0', '2.5', '2.5u2', '2.5u2server', '4.0', '4.1', '5.0', '5.1', '5.5', '6.0', '6.5', '6.7', '6.7.1', '6.7.2', '6.7.3',
  '6.8.7', '6.9.1', '7.0.0.0', '7.0.0.2', '7.0.1.0', '7.0.1.1', '7.0.2.0', '7.0.2.1', '7.0.3.0', '7.0.3.1', '7.0.3.2',
  '8.0.0.0', '8.0.0.1', '8.0.0.2', '8.0.1.0', '8.0.2.0', '8.0.3.0', '8.0.3.1', '9.0.0.0', '9.1.0.0',
] // biome-ignore format: a list

/** The highest version that both sides know, of a server's `vimServiceVersions.xml`; undefined when there is none. */
export function chooseVersion(document: Uint8Array | string): string | undefined {
  const offered = new Set(versionsOf(parseXml(document)))
  return known.findLast((version) => offered.has(version))
}

/**
 * Whether a version is older than the one that brought something. A name that is said to be of 9.0.0.0 may be of 8.0.3.1 already:
 * its source cannot tell them apart. Of versions that are not known nothing is said.
 */
export function isBefore(version: string, since: string): boolean {
  const wanted = known.indexOf(since === '9.0.0.0' ? '8.0.3.1' : since)
  const spoken = known.indexOf(version)
  return spoken !== -1 && spoken < wanted
}

function versionsOf(root: XmlElement): string[] {
  const vim = childrenOf(root, 'namespace').find((each) => textOf(childrenOf(each, 'name')[0]) === 'urn:vim25')
  if (vim === undefined) return []
  const prior = childrenOf(vim, 'priorVersions').flatMap((each) => childrenOf(each, 'version'))
  return [...childrenOf(vim, 'version'), ...prior].map(textOf)
}

function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child): child is XmlElement => typeof child !== 'string' && child.name === name)
}

function textOf(element: XmlElement | undefined): string {
  return (
    element?.children
      .filter((child) => typeof child === 'string')
      .join('')
      .trim() ?? ''
  )
}
