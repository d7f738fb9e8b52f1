import { isIP, isIPv4, isIPv6 } from 'node:net'

/** Tells what is wrong with a value, as the platform words it (with its newline), or nothing. */
export type FormatCheck = (value: string) => string | undefined

function pattern(expression: RegExp, complaint: (value: string) => string): FormatCheck {
  return (value) => (expression.test(value) ? undefined : `${complaint(value)}\n`)
}

function cidr(isAddress: (address: string) => boolean, bits: number): (value: string) => boolean {
  return (value) => {
    const [address = '', length = '', ...rest] = value.split('/')
    return rest.length === 0 && isAddress(address) && /^\d{1,3}$/.test(length) && Number(length) <= bits
  }
}

const isCidr4 = cidr(isIPv4, 32)
const isCidr6 = cidr(isIPv6, 128)

const dnsLabel = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?'
const dnsName = new RegExp(`^${dnsLabel}(?:\\.${dnsLabel})*$`)

const checks: Readonly<Record<string, FormatCheck>> = {
  'pve-vmid': pattern(/^[1-9][0-9]{2,8}$/, () => 'value does not look like a valid VM ID'),
  'pve-node': pattern(/^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/, () => 'value does not look like a valid node name'),
  'dns-name': pattern(dnsName, () => 'value does not look like a valid DNS name'),
  address: (value) =>
    isIP(value) > 0 || dnsName.test(value) ? undefined : `value does not look like a valid address: ${value}\n`,
  'pve-configid': pattern(/^[a-z][a-z0-9_-]+$/i, (value) => `invalid configuration ID '${value}'`),
  'pve-storage-id': pattern(
    /^[a-z][a-z0-9\-_.]*[a-z0-9]$/i,
    (value) => `storage ID '${value}' contains illegal characters`,
  ),
  'pve-bridge-id': pattern(/^[-_.\w]+$/, (value) => `invalid bridge ID '${value}'`),
  'pve-poolid': pattern(
    /^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+){0,2}$/,
    (value) => `value '${value}' does not look like a valid pool name`,
  ),
  'pve-userid': pattern(
    /^[^\s:/]+@[A-Za-z][A-Za-z0-9._-]+$/,
    (value) => `value '${value}' does not look like a valid user name`,
  ),
  'pve-realm': pattern(/^[A-Za-z][A-Za-z0-9._-]+$/, (value) => `value '${value}' does not look like a valid realm`),
  'pve-roleid': pattern(/^[A-Za-z0-9._-]+$/, (value) => `value '${value}' does not look like a valid role name`),
  'pve-groupid': pattern(/^[A-Za-z0-9._-]+$/, (value) => `value '${value}' does not look like a valid group name`),
  'pve-tag': pattern(/^[a-z0-9_][a-z0-9_.+-]*$/i, () => 'invalid characters in tag'),
  'mac-addr': (value) =>
    /^[a-f0-9][02468ace](?::[a-f0-9]{2}){5}$/i.test(value)
      ? undefined
      : 'value does not look like a valid unicast MAC address\n',
  urlencoded: pattern(/^[-%a-zA-Z0-9_.!~*'()]*$/, (value) => `invalid urlencoded string: ${value}`),
  'disk-size': pattern(/^\d+(?:\.\d+)?[KMGT]?$/, (value) => `value does not look like a valid disk size: ${value}`),
  'pve-volume-id': pattern(/^[a-z][a-z0-9\-_.]*[a-z0-9]:.+$/i, (value) => `unable to parse volume ID '${value}'`),
  'pve-volume-id-or-qm-path': (value) =>
    value === 'none' || value === 'cdrom' || value.startsWith('/') || /^[a-z][a-z0-9\-_.]*[a-z0-9]:.+$/i.test(value)
      ? undefined
      : `unable to parse volume ID '${value}'\n`,
  ip: (value) => (isIP(value) > 0 ? undefined : 'value does not look like a valid IP address\n'),
  ipv4: (value) => (isIPv4(value) ? undefined : 'value does not look like a valid IPv4 address\n'),
  ipv6: (value) => (isIPv6(value) ? undefined : 'value does not look like a valid IPv6 address\n'),
  CIDR: (value) => (isCidr4(value) || isCidr6(value) ? undefined : 'value does not look like a valid CIDR network\n'),
  'pve-ipv4-config': (value) =>
    value === 'dhcp' || value === 'manual' || isCidr4(value)
      ? undefined
      : 'value does not look like a valid ipv4 network configuration\n',
  'pve-ipv6-config': (value) =>
    ['auto', 'dhcp', 'manual'].includes(value) || isCidr6(value)
      ? undefined
      : 'value does not look like a valid ipv6 network configuration\n',
  'pve-storage-content': (value) =>
    ['images', 'rootdir', 'vztmpl', 'iso', 'backup', 'snippets', 'import', 'none'].includes(value)
      ? undefined
      : `invalid content type '${value}'\n`,
  'pve-task-status-type': (value) =>
    ['ok', 'error', 'warning', 'unknown'].includes(value) ? undefined : `invalid task status '${value}'\n`,
  'email-opt': pattern(/^(?:[^@\s]+@[^@\s]+)?$/, () => 'value does not look like a valid email address'),
}

/** Checks a value by a named format; `-list` means several, apart by comma, semicolon or space. A format unknown here passes. */
export function checkFormat(format: string, value: string): string | undefined {
  if (format.endsWith('-list')) {
    const inner = format.slice(0, -'-list'.length)
    for (const item of splitList(value)) {
      const complaint = checkFormat(inner, item)
      if (complaint !== undefined) return complaint
    }
    return undefined
  }
  return Object.hasOwn(checks, format) ? checks[format]?.(value) : undefined
}

/** A list as the platform writes it in one text. */
export function splitList(value: string): string[] {
  return value.split(/[,;\s\0]+/).filter((item) => item !== '')
}
