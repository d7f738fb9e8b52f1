import type { XmlElement } from '../element.js'
import type { SchemaPart } from './schema-part.js'

export const atomUri = 'http://www.w3.org/2005/Atom'
export const soapUri = 'http://schemas.xmlsoap.org/soap/envelope/'

export interface AtomLink {
  readonly rel: string | undefined
  readonly href: string | undefined
  readonly type: string | undefined
  readonly title: string | undefined
}

/** Something whose element name the schema of the surroundings leaves open. */
export interface NamedContent<Value = unknown> {
  /** Local name of the element. */
  readonly name: string
  /** Its value where the schema has such a global element or `xsi:type`, else the element as it came. */
  readonly value: Value | XmlElement
}

export interface AtomEntry<Content = unknown> {
  readonly id: string | undefined
  readonly title: string | undefined
  readonly published: string | undefined
  readonly updated: string | undefined
  readonly link: readonly AtomLink[]
  readonly category: readonly { readonly term: string | undefined }[]
  /** Entity tag of the entry as the HMC sends it: digits with a sign. */
  readonly etag: string | undefined
  readonly content:
    | { readonly type: string | undefined; readonly content: NamedContent<Content> | undefined }
    | undefined
}

export interface AtomFeed<Content = unknown> {
  readonly id: string | undefined
  readonly title: string | undefined
  readonly updated: string | undefined
  readonly link: readonly AtomLink[]
  readonly entry: readonly AtomEntry<Content>[]
}

/** Keys of the part `createAtomPart` makes. */
export interface AtomTypes<Content = unknown> {
  readonly AtomFeed: AtomFeed<Content>
  readonly AtomEntry: AtomEntry<Content>
  readonly AtomLink: AtomLink
}

/** Atom, with the entity tags of entries in the namespace given. The content of entries is any global element of the schema. */
export function createAtomPart(etagNamespace: string): SchemaPart {
  return {
    namespace: atomUri,
    imports: [etagNamespace],
    elements: { feed: 'AtomFeed', entry: 'AtomEntry' },
    types: {
      AtomFeed:
        'id:token title:token subtitle:skip updated:token link:AtomLink* author:skip category:skip generator:skip entry:AtomEntry*',
      AtomEntry:
        'id:token title:token published:token updated:token link:AtomLink* author:skip category:AtomCategory* {0}etag:token content:AtomContent',
      AtomLink: '@rel:token @href:token @type:token @title:token',
      AtomCategory: '@term:token',
      AtomContent: '@type:token *:any',
    },
  }
}

export interface SoapFault {
  readonly faultcode: string | undefined
  /** For people; localised, may be empty. */
  readonly faultstring: string | undefined
  /** The detail's element, decoded by its `xsi:type`. */
  readonly detail: { readonly content: NamedContent | undefined } | undefined
}

export interface SoapTypes {
  readonly SoapEnvelope: { readonly Body: { readonly content: NamedContent | undefined } | undefined }
  readonly SoapFault: SoapFault
}

/** SOAP 1.1. The body is any global element of the schema; give a fault's decoder to `rest` of `decodeItems` under `Fault`. */
export const soapPart: SchemaPart = {
  namespace: soapUri,
  imports: [''],
  elements: { Envelope: 'SoapEnvelope', Fault: 'SoapFault' },
  types: {
    SoapEnvelope: 'Header:skip Body:SoapBody',
    SoapBody: '*:any',
    SoapFault: '{0}faultcode:token {0}faultstring:string {0}faultactor:skip {0}detail:SoapDetail',
    SoapDetail: '*:any',
  },
}
