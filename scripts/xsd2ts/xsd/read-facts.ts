import type { GeneratorConfig } from '../config.js'
import type { Facts } from '../model/facts.js'
import { type XmlNode, xsdUri } from './xml-node.js'

/** Facts about what the node declares: attributes of the facts' namespace, defaults, documentation when asked for. */
export function readFacts(config: GeneratorConfig, node: XmlNode): Facts {
  const fact = (name: string): string | undefined =>
    config.factsNamespace === undefined ? undefined : node.foreign.get(`{${config.factsNamespace}}${name}`)
  const access = fact('kb')
  const since = fact('since')
  const group = fact('group')
  const defaultValue = node.attributes.get('default') ?? node.attributes.get('fixed')
  const documentation = config.documentation === true ? readDocumentation(node) : undefined
  return {
    ...(since !== undefined && { since }),
    ...(access !== undefined && { access }),
    ...(group !== undefined && { group }),
    ...(fact('excludedFromETag') === 'true' && { excludedFromETag: true }),
    ...(fact('seen')?.startsWith('0/') && { unrecorded: true }),
    ...(defaultValue !== undefined && { defaultValue }),
    ...(documentation !== undefined && { documentation }),
  }
}

function readDocumentation(node: XmlNode): string | undefined {
  const texts = node.children
    .filter((child) => child.namespace === xsdUri && child.name === 'annotation')
    .flatMap((annotation) => annotation.children.filter((child) => child.name === 'documentation'))
    .map((documentation) => documentation.text.replace(/\s+/g, ' ').trim())
    .filter((text) => text !== '')
  return texts.length === 0 ? undefined : texts.join(' ')
}
