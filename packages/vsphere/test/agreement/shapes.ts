import { parseXml, type XmlElement } from '@dcm/wire/xml'
import type { SoapAnswer } from '../soap-session.js'

const xsi = 'http://www.w3.org/2001/XMLSchema-instance'

export const elements = (element: XmlElement): XmlElement[] =>
  element.children.filter((child): child is XmlElement => typeof child !== 'string')
const typeOf = (element: XmlElement): string =>
  element.attributes.find(({ name, namespace }) => name === 'type' && namespace === xsi)?.value.replace(/^.*:/, '') ??
  ''
export const find = (element: XmlElement, name: string): XmlElement | undefined =>
  element.name === name ? element : elements(element).flatMap((child) => find(child, name) ?? [])[0]
export const all = (element: XmlElement, name: string): XmlElement[] =>
  element.name === name ? [element] : elements(element).flatMap((child) => all(child, name))
export const textOf = (element: XmlElement | undefined): string => element?.children.join('') ?? ''
export const returnvalOf = (answer: SoapAnswer): string => textOf(find(parseXml(answer.text), 'returnval'))

/** The status, and the names and types in the answer; values, and what only the model differs in, are left out. */
export function shape({ status, text }: SoapAnswer): unknown {
  const root = parseXml(text)
  const fault = find(root, 'detail')
  if (fault !== undefined) return { status, fault: elements(fault).map((each) => [each.name, typeOf(each)]) }
  const objects = all(root, 'objects')
  if (objects.length > 0) {
    const row = (each: XmlElement) =>
      all(each, 'propSet').map((prop) => `${textOf(find(prop, 'name'))}: ${typeOf(find(prop, 'val') ?? prop)}`)
    return { status, token: find(root, 'token') !== undefined, first: row(objects[0] ?? root), objects: objects.length }
  }
  const body = elements(find(root, 'Body') ?? root)[0]
  const result = body === undefined ? [] : elements(body)
  return { status, body: body?.name, returnval: result.map((each) => each.attributes.map(({ value }) => value)) }
}

export function taskShape(info: string): unknown {
  const root = parseXml(info)
  const [error, result] = [find(root, 'error'), find(root, 'result')]
  return {
    state: textOf(find(root, 'state')),
    fault: error === undefined ? undefined : typeOf(find(error, 'fault') ?? error),
    faultHas: error === undefined ? undefined : elements(find(error, 'fault') ?? error).map(({ name }) => name),
    result: result?.attributes.map(({ name, value }) => `${name}=${value}`).sort(),
  }
}
