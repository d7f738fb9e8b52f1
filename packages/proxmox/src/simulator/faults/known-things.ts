import type { ClusterNode } from '../cluster/cluster.js'
import type { World } from '../world.js'

export function nodeOf(world: World, name: string): ClusterNode {
  const node = world.cluster.nodes.get(name)
  if (node === undefined) throw unknownThing('node', name)
  return node
}

export function unknownThing(kind: string, id: string): Error {
  return new Error(`the simulated cluster has no ${kind} '${id}'`)
}
