import type { ApiOperation } from './api-model.js'

/** Finds the operation of a method and concrete path; literal segments win over parameters. */
export function createMatcher(
  operations: readonly ApiOperation[],
): (method: string, path: string) => ApiOperation | undefined {
  const candidates = operations.map((operation) => ({ operation, segments: operation.path.split('/') }))
  return (method, path) => {
    const segments = path.replace(/\/$/, '').split('/')
    const matching = candidates.filter(
      (candidate) =>
        candidate.operation.method === method &&
        candidate.segments.length === segments.length &&
        candidate.segments.every((segment, index) => segment.startsWith('{') || segment === segments[index]),
    )
    const literals = (candidate: { segments: string[] }): number =>
      candidate.segments.filter((segment) => !segment.startsWith('{')).length
    return matching.sort((a, b) => literals(b) - literals(a))[0]?.operation
  }
}
