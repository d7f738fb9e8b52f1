import { escapeText, parseXml, soapUri, type XmlElement } from '@dcm/wire/xml'
import type { ManagedObjectReference } from '../../generated/shared/core.js'
import { invalidRequest, type VimFault } from '../fault.js'
import { type VimApi, vimNamespace } from './vim-api.js'

const securityUri = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
const samlUri = 'urn:oasis:names:tc:SAML:2.0:assertion'

/** A bearer token as the single sign-on service would issue it; its ID is what the simulator knows it by. */
export function samlToken(id: string, userName: string): string {
  return (
    `<saml2:Assertion xmlns:saml2="${samlUri}" ID="${id}" Version="2.0"><saml2:Subject>` +
    `<saml2:NameID>${escapeText(userName)}</saml2:NameID></saml2:Subject></saml2:Assertion>`
  )
}

/** A call as its envelope says it, not yet checked. */
export interface RawCall {
  readonly method: string
  readonly self: ManagedObjectReference
  readonly element: XmlElement
  /** ID of the SAML assertion in the header, for a login by token. */
  readonly assertionId: string | undefined
}

/** Reads an envelope as far as is needed to know what is called. Throws InvalidRequest. */
export function readCall(bytes: Uint8Array): RawCall {
  let root: XmlElement
  try {
    root = parseXml(bytes)
  } catch (error) {
    throw invalidRequest(`XML document could not be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (root.name !== 'Envelope' || root.namespace !== soapUri) throw invalidRequest('The document is no SOAP envelope')
  const body = elementsOf(root).find((child) => child.name === 'Body' && child.namespace === soapUri)
  const element = body === undefined ? undefined : elementsOf(body)[0]
  if (element === undefined) throw invalidRequest('The SOAP body is empty')
  if (element.namespace !== vimNamespace) throw invalidRequest(`Unsupported namespace "${element.namespace}"`)
  const self = elementsOf(element)[0]
  const type = self?.attributes.find(({ name, namespace }) => name === 'type' && namespace === '')?.value
  if (self?.name !== '_this' || type === undefined)
    throw invalidRequest(`Missing _this argument in call of ${element.name}`)
  return {
    method: element.name,
    self: { type, value: self.children.join('').trim() },
    element,
    assertionId: assertionIn(root),
  }
}

/** WS-Security: the assertion stands in the element `Security` of the header. */
function assertionIn(envelope: XmlElement): string | undefined {
  const inHeader = elementsOf(envelope).filter(({ name, namespace }) => name === 'Header' && namespace === soapUri)
  const assertion = inHeader
    .flatMap(elementsOf)
    .filter(({ name, namespace }) => name === 'Security' && namespace === securityUri)
    .flatMap(elementsOf)
    .find(({ name, namespace }) => name === 'Assertion' && namespace === samlUri)
  return assertion?.attributes.find(({ name }) => name === 'ID')?.value
}

export function elementsOf(element: XmlElement): XmlElement[] {
  return element.children.filter((child): child is XmlElement => typeof child !== 'string')
}

const envelopeStart =
  '<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/"' +
  ' xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"' +
  ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n<soapenv:Body>\n'
const envelopeEnd = '\n</soapenv:Body>\n</soapenv:Envelope>'

export function writeAnswer(api: VimApi, method: string, responseKey: string, returnval: unknown): string {
  // An empty list is an empty response, also where the schema wants one element at least.
  if (Array.isArray(returnval) && returnval.length === 0) {
    return `${envelopeStart}<${method}Response xmlns="${vimNamespace}"></${method}Response>${envelopeEnd}`
  }
  const value = returnval === undefined ? {} : { returnval }
  return envelopeStart + api.encode(responseKey, `${method}Response`, value) + envelopeEnd
}

/** The detail's element is the fault's type name and `Fault`, and says its type. */
export function writeFault(api: VimApi, { fault, message }: VimFault): string {
  const element = `${fault._type}Fault`
  const detail = api.encode(fault._type, element, fault)
  const typed = /^<\S+[^>]* xsi:type=/.test(detail)
    ? detail
    : detail.replace(`<${element}`, `<${element} xsi:type="${fault._type}"`)
  return (
    `${envelopeStart}<soapenv:Fault><faultcode>ServerFaultCode</faultcode>` +
    `<faultstring>${escapeText(message)}</faultstring><detail>${typed}</detail></soapenv:Fault>${envelopeEnd}`
  )
}
