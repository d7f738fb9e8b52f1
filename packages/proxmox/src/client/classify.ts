import type { ProxmoxErrorKind } from './error.js'

export interface TextClass {
  readonly kind: ProxmoxErrorKind
  readonly retryable: boolean
}

/**
 * Texts that Proxmox VE 7.4 to 9.2 sends with status 500 and as exit status of tasks, first match wins. The platform
 * has no error codes for these: the same status covers not found, exists, locked and stale.
 */
const texts: readonly (readonly [RegExp, ProxmoxErrorKind, boolean])[] = [
  // Lock texts come first: some carry another text as prefix ("clone failed: can't lock file ...").
  [/can't lock file .* - got timeout/, 'lock-timeout', true],
  [/got lock request timeout|error: got lock timeout/, 'lock-timeout', true],
  [/(?:VM|CT) is locked \([^)]*\)/, 'locked', true],
  [/checksum mismatch \(file change by other user\?\)/, 'digest-mismatch', false],
  [/cluster not ready - no quorum\?/, 'node-unreachable', true],
  [/hostname lookup '[^']*' failed/, 'not-found', false],
  [/No QEMU guest agent configured/, 'agent-unavailable', false],
  [/QEMU guest agent is not running/, 'agent-unavailable', true],
  [/Only root may use this option/, 'permission-denied', false],
  [/unable to get any free VMID in range/, 'resource-exhausted', false],
  // The words of the operating system, of LVM2 (volume groups and thin pools) and of ZFS, which the platform hands on.
  [
    /[Nn]o space left on device|Disk quota exceeded|out of space|not enough (?:free )?space/,
    'resource-exhausted',
    false,
  ],
  [/nsufficient free space|free space in thin pool \S+ reached threshold/, 'resource-exhausted', false],
  [/(?:VM|CT) quit\/powerdown failed - got timeout|powerdown failed - got timeout/, 'timeout', false],
  [/not allowed for linked clones|shrinking disks is not supported/, 'validation', false],
  [
    /[Ff]eature is not supported|feature is not available|can't clone VM to node .* \(VM uses local storage\)/,
    'unsupported',
    false,
  ],
  [/can't upload to storage type/, 'unsupported', false],
  [/ is running - destroy failed/, 'failed-precondition', false],
  [/(?:VM|CT) (?:\d+ )?(?:is )?(?:not running|already running)/, 'failed-precondition', false],
  [/VM is paused - cannot shutdown/, 'failed-precondition', false],
  [/you can't (?:start a vm if it's a template|convert a (?:template|VM|CT) to)/, 'failed-precondition', false],
  [/unable to create template, because/, 'failed-precondition', false],
  [/protection mode enabled/, 'failed-precondition', false],
  [/used in HA resources and purge parameter not set/, 'failed-precondition', false],
  [/base volume '[^']*' is still in use/, 'failed-precondition', false],
  // Not any "already exists": the platform quotes a taken name or id; units of systemd and files of a storage are neither.
  [/(?:VM|CT) \d+ already exists|config file already exists/, 'already-exists', false],
  [/'[^'/]+' already (?:exists|used|defined)/, 'already-exists', false],
  [/does not exist|no such/, 'not-found', false],
]

/** Class of an error text of the platform, or undefined for a text of no known class. */
export function classifyText(text: string): TextClass | undefined {
  for (const [pattern, kind, retryable] of texts) {
    if (pattern.test(text)) return { kind, retryable }
  }
  return undefined
}

/** Class of a refused parameter: some of these are really answers about what exists. */
export function classifyRefusedParameters(errors: Readonly<Record<string, string>>): TextClass {
  const reasons = Object.values(errors)
  const only = reasons.length === 1 ? reasons[0] : undefined
  if (only !== undefined) {
    if (/^(?:VM|CT) \d+ already exists/.test(only)) return { kind: 'already-exists', retryable: false }
    if (/^no such task/.test(only)) return { kind: 'task-lost', retryable: false }
    if (/ does not exist\.?$/.test(only)) return { kind: 'not-found', retryable: false }
    if (/Only root may use this option/.test(only)) return { kind: 'permission-denied', retryable: false }
  }
  return { kind: 'validation', retryable: false }
}
