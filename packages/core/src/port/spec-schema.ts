import { isIP, isIPv4, isIPv6 } from 'node:net'
import type { DiskSpec, GuestCustomization, NicSpec, Placement, VmProvisionSpec, VmSource } from '../model/provision.js'
import type { Reference } from '../model/references.js'
import { array, dictionary, type OptionalSchema, object, oneOf, optional, variants } from '../schema/composites.js'
import { boolean, choice, integer, string } from '../schema/scalars.js'
import { refine, type Schema, schema } from '../schema/schema.js'
import { secretInput } from '../schema/secret-input.js'
import { mib } from '../units.js'

export const line: Schema<string> = string({
  maxLength: 1024,
  pattern: /^[^\p{Cc}]*$/u,
  patternSays: 'must be one line of text',
})

export const reference: Schema<Reference> = oneOf(object({ id: line }), object({ name: line, within: optional(line) }))

/** A size that is surely not meant in another unit. */
export const bytes: Schema<number> = refine(integer({ min: 1 }), (size) =>
  size < mib(1) ? 'is a number of bytes, and must be at least 1 MiB: write mib(512) or gib(4)' : undefined,
)

function cidr(is: (text: string) => boolean, longest: number, example: string): Schema<string> {
  return refine(string(), (text) => {
    const [address = '', prefix = '', ...rest] = text.split('/')
    const good = is(address) && /^\d{1,3}$/.test(prefix) && Number(prefix) <= longest && rest.length === 0
    return good ? undefined : `must be an address with its prefix length, as '${example}'`
  })
}

function address(is: (text: string) => boolean, what: string): Schema<string> {
  return refine(string(), (text) => (is(text) && !text.includes('%') ? undefined : `must be an ${what} address`))
}

const ipv4 = object({ cidr: cidr(isIPv4, 32, '192.0.2.10/24'), gateway: optional(address(isIPv4, 'IPv4')) })
const ipv6 = object({ cidr: cidr(isIPv6, 128, '2001:db8::10/64'), gateway: optional(address(isIPv6, 'IPv6')) })

const firmware: OptionalSchema<'bios' | 'uefi'> = optional(choice('bios', 'uefi'))

const source: Schema<VmSource> = variants('from', {
  template: object({
    from: choice('template'),
    template: reference,
    clone: optional(choice('full', 'linked', 'instant')),
  }),
  blank: object({ from: choice('blank'), guestOs: optional(line), firmware }),
  image: object({ from: choice('image'), image: reference, guestOs: optional(line), firmware }),
})

export const disk: Schema<DiskSpec> = object({ sizeBytes: bytes, datastore: optional(reference) })

/** The members of a network card that have nothing to do with its guest. */
export const card: {
  readonly network: Schema<Reference>
  readonly vlanId: OptionalSchema<number>
  readonly macAddress: OptionalSchema<string>
} = {
  network: reference,
  vlanId: optional(integer({ min: 1, max: 4094 })),
  macAddress: optional(
    string({
      pattern: /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i,
      patternSays: "must be a MAC address, as '02:00:5e:10:00:01'",
    }),
  ),
}

const nic: Schema<NicSpec> = object({
  ...card,
  ipv4: optional(oneOf(choice('dhcp'), ipv4)),
  ipv6: optional(oneOf(choice('dhcp', 'auto'), ipv6)),
})

const hostLabel = '[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
const hostName: Schema<string> = string({
  maxLength: 253,
  pattern: new RegExp(`^${hostLabel}(\\.${hostLabel})*$`),
  patternSays: 'must be a host name: letters, digits and hyphens, in labels parted by dots',
})

const customization: Schema<GuestCustomization> = object({
  hostname: optional(hostName),
  userName: optional(
    string({ maxLength: 64, pattern: /^[^\s:,\p{Cc}]+$/u, patternSays: 'must have no spaces, colons or commas' }),
  ),
  password: optional(secretInput()),
  sshPublicKeys: optional(
    array(
      string({
        maxLength: 16_384,
        pattern: /^(ssh-|ecdsa-|sk-)[^\s]+ [A-Za-z0-9+/=]+( [^\p{Cc}]*)?$/u,
        patternSays: "must be a public key in one line, as 'ssh-ed25519 AAAA... comment'",
      }),
      { maxLength: 100 },
    ),
  ),
  dnsServers: optional(
    array(
      address((text) => isIP(text) !== 0, 'IP'),
      { maxLength: 16 },
    ),
  ),
  searchDomains: optional(array(hostName, { maxLength: 16 })),
  userData: optional(secretInput()),
})

const placement: Schema<Placement> = object({
  datacenter: optional(reference),
  cluster: optional(reference),
  host: optional(reference),
  datastore: optional(reference),
  resourcePool: optional(reference),
})

/** Each platform's options are checked by its own plugin. */
const anything: Schema<unknown> = schema<unknown>(
  'an object',
  () => 0,
  (value) => value,
)

/** A specification as it came, its extensions not looked at yet. */
export type CheckedShape = Omit<VmProvisionSpec, 'extensions'> & {
  readonly extensions?: { readonly [type: string]: unknown }
}

const shape: Schema<CheckedShape> = object({
  name: line,
  source,
  cpus: optional(integer({ min: 1, max: 4096 })),
  memoryBytes: optional(bytes),
  disks: optional(array(disk, { maxLength: 256 })),
  nics: optional(array(nic, { maxLength: 64 })),
  placement: optional(placement),
  description: optional(string({ minLength: 0, maxLength: 65_536 })),
  tags: optional(array(line, { maxLength: 256 })),
  customization: optional(customization),
  powerOn: optional(boolean()),
  extensions: optional(dictionary(anything)),
})

/** What every platform demands of a specification, without asking any. */
export const specSchema: Schema<CheckedShape> = schema(shape.expects, shape.fit, (value, path, report) => {
  const spec = shape.read(value, path, report)
  if (typeof spec === 'symbol' || spec.source.from === 'template') return spec
  const why = 'is missing; there is no template to take it from'
  if (spec.cpus === undefined) report([...path, 'cpus'], why)
  if (spec.memoryBytes === undefined) report([...path, 'memoryBytes'], why)
  return spec
})
