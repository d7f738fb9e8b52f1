/** The releases whose operations, parameters and privileges the simulator knows. */
export type Release = '7.4' | '8.4' | '9.2'

export interface ReleaseTraits {
  /** What GET /version answers. */
  readonly version: { readonly version: string; readonly release: string; readonly repoid: string }
  /** Errors carry a JSON `message` (since pve-http-server 5.2.0). */
  readonly jsonMessage: boolean
  /** Config `memory` is a property string, sent as text. */
  readonly memoryIsText: boolean
  /** PUT resize answers with a task id rather than null. */
  readonly resizeIsTask: boolean
  /** Rows carry `memhost` and pressure figures. */
  readonly hostMemoryFigures: boolean
  /** /cluster/resources holds rows of type `network`. */
  readonly networkRows: boolean
}

const traits: Readonly<Record<Release, ReleaseTraits>> = {
  '7.4': {
    version: { version: '7.4-19', release: '7.4', repoid: 'f98bf8d4' },
    jsonMessage: false,
    memoryIsText: false,
    resizeIsTask: false,
    hostMemoryFigures: false,
    networkRows: false,
  },
  '8.4': {
    version: { version: '8.4.14', release: '8.4', repoid: 'b502d23c55afcba1' },
    jsonMessage: true,
    memoryIsText: true,
    resizeIsTask: true,
    hostMemoryFigures: false,
    networkRows: false,
  },
  '9.2': {
    version: { version: '9.2.11', release: '9.2', repoid: '14a22df35955d97d' },
    jsonMessage: true,
    memoryIsText: true,
    resizeIsTask: true,
    hostMemoryFigures: true,
    networkRows: true,
  },
}

export function traitsOf(release: Release): ReleaseTraits {
  return traits[release]
}
