import { escapeText } from '@dcm/wire/xml'

const start =
  '<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"' +
  ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'

export interface EnvelopeHeader {
  /** Shows up in the logs of the server. */
  readonly operationId?: string | undefined
  /** SAML assertion of a login by token, as XML. */
  readonly assertion?: string | undefined
}

const securityNamespace = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'

/** A SOAP 1.1 envelope around the element of a call. */
export function writeEnvelope(call: string, header: EnvelopeHeader = {}): string {
  const { operationId, assertion } = header
  const entries = [
    operationId === undefined ? '' : `<operationID>${escapeText(operationId)}</operationID>`,
    assertion === undefined ? '' : `<wsse:Security xmlns:wsse="${securityNamespace}">${assertion}</wsse:Security>`,
  ].join('')
  const head = entries === '' ? '' : `<soapenv:Header>${entries}</soapenv:Header>`
  return `${start}${head}<soapenv:Body>${call}</soapenv:Body></soapenv:Envelope>`
}
