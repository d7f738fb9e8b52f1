import type { DocumentIndex, ElementNode } from './document-index.js'
import { elementText } from './element-text.js'
import { XmlPatchError } from './patch-error.js'

const stepForm = /^(?:\{([^}]*)\})?([^{}[\]/]+)(?:\[(?:(\d+)|([^=\]]+)='([^']*)')\])?$/

/**
 * The element at a path from the root, the root itself not named: `content/LogicalPartition/PartitionName`. A step is a local
 * name, or `{uri}name`; where several siblings have it, `name[2]` takes the second and `name[Child='text']` the one with that
 * child. The empty path is the root.
 */
export function findElement(index: DocumentIndex, path: string): ElementNode {
  let node = index.root
  for (const step of splitPath(path)) node = findChild(index, node, step, path)
  return node
}

/** Steps of a path; slashes inside braces, brackets and quotes belong to their step. */
function splitPath(path: string): string[] {
  if (path === '') return []
  const steps = path.match(/(?:\{[^}]*\}|\[[^\]]*\]|[^/{[])+/g) ?? []
  if (steps.join('/') !== path) throw new XmlPatchError(path, 'cannot be split into steps')
  return steps
}

function findChild(index: DocumentIndex, node: ElementNode, step: string, path: string): ElementNode {
  const match = stepForm.exec(step)
  if (match?.[2] === undefined)
    throw new XmlPatchError(path, `has the step ${step}, which is no name, {uri}name, name[2] or name[Child='text']`)
  const [, namespace, name, position, childName, childText] = match
  let found = node.children.filter(
    (child) => child.name === name && (namespace === undefined || child.namespace === namespace),
  )
  if (position !== undefined) found = found.slice(Number(position) - 1, Number(position))
  if (childName !== undefined) {
    found = found.filter((child) =>
      child.children.some((inner) => inner.name === childName && elementText(index, inner) === childText),
    )
  }
  const [only, second] = found
  if (only === undefined) throw new XmlPatchError(path, `is not in the document: no ${step} there`)
  if (second !== undefined)
    throw new XmlPatchError(path, `fits ${found.length} elements: say which by ${name}[1] or ${name}[Child='text']`)
  return only
}
