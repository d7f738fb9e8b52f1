import type { VimFacts } from './type-facts.js'

/** The facts as JSON, each enumeration, type and method on a line of its own. */
export function vimFactsText(facts: VimFacts): string {
  const { interface: name, namespace, version } = facts
  return [
    '{',
    `  "interface": ${JSON.stringify(name)},`,
    `  "namespace": ${JSON.stringify(namespace)},`,
    `  "version": ${JSON.stringify(version)},`,
    `  "enumerations": {\n${lines(facts.enumerations, '    ')}\n  },`,
    `  "types": {\n${lines(facts.types, '    ')}\n  },`,
    `  "managedTypes": {\n${Object.entries(facts.managedTypes)
      .map(([type, { methods, ...rest }]) => {
        const head = JSON.stringify(rest).slice(0, -1)
        const body = Object.keys(methods).length === 0 ? '{}' : `{\n${lines(methods, '      ')}\n    }`
        return `    ${JSON.stringify(type)}: ${head},"methods":${body}}`
      })
      .join(',\n')}\n  },`,
    `  "unassignedMethods": {\n${lines(facts.unassignedMethods, '    ')}\n  }`,
    '}',
    '',
  ].join('\n')
}

function lines(entries: Readonly<Record<string, unknown>>, indent: string): string {
  return Object.entries(entries)
    .map(([name, value]) => `${indent}${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(',\n')
}
