import { parseXml, type XmlElement } from '@dcm/wire/xml'
import type { VsphereClient } from '../client.js'
import { refusal } from '../error.js'
import { refuseErrors, textOf } from './refuse.js'

/** What a descriptor asks for, before anything is imported. */
export interface OvfSummary {
  /** The name that it proposes. */
  readonly name: string
  /** A vApp of several VMs. */
  readonly isVirtualApp: boolean
  readonly annotation: string
  /** Texts that somebody has to agree to. */
  readonly eulas: readonly string[]
  /** Keys of `OvfImport.networks`. */
  readonly networks: readonly { readonly name: string; readonly description: string }[]
  /** Keys of `OvfImport.properties`. */
  readonly properties: readonly OvfProperty[]
  /** Values of `OvfImport.deploymentOption`; none where there is no choice. */
  readonly deploymentOptions: readonly { readonly key: string; readonly label: string; readonly description: string }[]
  readonly defaultDeploymentOption?: string
  /** What `OvfImport.file` will be asked for, with bytes where the descriptor tells them. */
  readonly files: readonly { readonly path: string; readonly size?: number }[]
  /** Bytes to be moved, about. */
  readonly downloadBytes?: number
  /** Bytes that thin disks take at first, and that all of them can come to, about. */
  readonly thinBytes?: number
  readonly flatBytes?: number
  readonly warnings: readonly string[]
}

export interface OvfProperty {
  readonly key: string
  /** As `string`, `boolean`, `ip:network`, `string(1..64)`. */
  readonly type: string
  readonly label?: string
  readonly description?: string
  readonly category?: string
  readonly defaultValue?: string
  /** False: it has its value already. */
  readonly userConfigurable: boolean
}

const operation = 'ParseDescriptor'

/** Reads a descriptor at the server, which takes or refuses it by its own rules. Nothing is made. */
export async function parseOvf(
  client: VsphereClient,
  descriptor: string,
  { deploymentOption = '', signal }: { readonly deploymentOption?: string; readonly signal?: AbortSignal } = {},
): Promise<OvfSummary> {
  const { ovfManager } = await client.serviceContent()
  if (ovfManager === undefined) throw refusal('the server reads no OVF files', operation)
  const told = await client.call(
    ovfManager,
    operation,
    { ovfDescriptor: descriptor, pdp: { _type: 'OvfParseDescriptorParams', locale: '', deploymentOption } },
    { signal },
  )
  await refuseErrors(client, operation, told.error)
  const sizes = {
    downloadBytes: told.approximateDownloadSize,
    thinBytes: told.approximateSparseDeploymentSize,
    flatBytes: told.approximateFlatDeploymentSize,
  }
  return {
    name: told.defaultEntityName,
    isVirtualApp: told.virtualApp,
    annotation: told.annotation,
    eulas: told.eula,
    networks: told.network.map(({ name, description }) => ({ name, description })),
    properties: told.property.map(
      ({ classId, id, instanceId, type, label, description, category, defaultValue, userConfigurable }) => ({
        key: [classId, id, instanceId].filter(Boolean).join('.'),
        type: type ?? 'string',
        ...(label !== undefined && { label }),
        ...(description !== undefined && { description }),
        ...(category !== undefined && { category }),
        ...(defaultValue !== undefined && { defaultValue }),
        userConfigurable: userConfigurable ?? false,
      }),
    ),
    deploymentOptions: told.deploymentOption.map(({ key, label, description }) => ({ key, label, description })),
    ...(told.defaultDeploymentOption !== '' && { defaultDeploymentOption: told.defaultDeploymentOption }),
    files: filesOf(descriptor),
    ...Object.fromEntries(
      Object.entries(sizes).flatMap(([key, bytes]) => (bytes === undefined ? [] : [[key, Number(bytes)]])),
    ),
    warnings: told.warning.map(textOf),
  }
}

/** `References/File` of the descriptor itself: the server tells sizes alone. */
function filesOf(descriptor: string): OvfSummary['files'] {
  const references = childrenOf(parseXml(Buffer.from(descriptor)), 'References')
  return references
    .flatMap((element) => childrenOf(element, 'File'))
    .flatMap(({ attributes }) => {
      const textOfAttribute = (wanted: string) => attributes.find(({ name }) => name === wanted)?.value
      const path = textOfAttribute('href')
      const size = Number(textOfAttribute('size') ?? Number.NaN)
      return path === undefined ? [] : [{ path, ...(Number.isSafeInteger(size) && { size }) }]
    })
}

function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => typeof child !== 'string').filter((child) => child.name === name)
}
