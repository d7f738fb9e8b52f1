import type { ErrorCode } from '../../packages/core/src/errors/error-codes.js'

/** What the page of an error code says. */
export interface ErrorText {
  readonly summary: string
  /** When it comes up. */
  readonly when: readonly string[]
  /** What the reader can do. */
  readonly remedies: readonly string[]
  /** What a retry is worth. */
  readonly retry: string
}

const never = 'The same call gives the same error until the cause is mended.'

/** Typed by the union of codes: a code without a text does not compile. */
export const errorTexts: { readonly [C in ErrorCode]: ErrorText } = {
  INVALID_ARGUMENT: {
    summary: 'The input is wrong in itself. Every problem is listed, each with its path.',
    when: [
      'a specification, configuration, query or option has a missing, unknown or malformed field',
      'a `VmRef` or operation handle belongs to another endpoint',
      'a page token is unknown, too old (five minutes) or of another list',
      'a size misses the granularity of the endpoint, or a name breaks its rules',
      'an extension is for another platform than the one connected to',
    ],
    remedies: [
      'Go through `error.details.problems`: each says what is expected at its `path`.',
      'For sizes in bytes use `mib()` and `gib()`; for naming rules and granularities look at `port.capabilities()`.',
    ],
    retry: never,
  },
  UNAUTHENTICATED: {
    summary: 'The endpoint refused the credentials, or asks for a second factor.',
    when: [
      'user, password or token is wrong, disabled or expired',
      'the user needs a second factor, which an unattended login cannot give',
    ],
    remedies: [
      'Check the secret that the configuration refers to; prefer an API token made for this purpose.',
      'A failed login is not repeated, because accounts lock: the next call tries again only with a changed secret.',
    ],
    retry: 'Only with other credentials.',
  },
  PERMISSION_DENIED: {
    summary: 'The caller is known, but may not do this.',
    when: [
      'the user or token lacks a privilege on the object, its folder, pool or storage',
      'a secret file may not be read by this process',
    ],
    remedies: [
      '`error.details.missing` names the privileges, and on what, where the platform tells.',
      '`port.testConnection()` warns of rights that will be missed.',
    ],
    retry: never,
  },
  NOT_FOUND: {
    summary: 'Something that the call names does not exist, or is not visible to this user.',
    when: [
      'no VM has the id, or the VM of that id is another one than the reference meant (its incarnation differs)',
      'a template, network, datastore or place of the specification is not there; all missing ones are listed',
      'a secret reference leads nowhere',
      'a tenant has no hypervisor configured (`reason: NO_HYPERVISOR_CONFIGURED`)',
    ],
    remedies: [
      'Compare with the lists of the port; the message names what is similar.',
      'Platforms hide what a user has no right to see: check the rights too.',
    ],
    retry: never,
  },
  ALREADY_EXISTS: {
    summary: 'Something of that name, id or idempotency key exists already.',
    when: [
      'the idempotency key was used for another specification',
      'the platform wants unique names, and this one is taken',
    ],
    remedies: [
      'For another VM give another key; for the same VM give the very same specification.',
      '`error.details.existingId` is the id of what is there, where it is known.',
    ],
    retry: never,
  },
  CONFLICT: {
    summary: 'Another change is under way, or the object changed since it was looked at.',
    when: [
      'the VM is locked by a backup, migration, snapshot or clone (`reason: locked`, `lock` in the words of the platform)',
      'the object was changed in between (`reason: stale`)',
      'another process has taken the operation further (`reason: other-runner`)',
      'something of another owner stands where the operation has to work',
    ],
    remedies: [
      'Wait for the other change to end; a lock that stays is removed with the tools of the platform.',
      'After `other-runner` load the newest handle from the operation store.',
    ],
    retry: 'Worthwhile where `error.retryable` is set; wait `error.retryAfterMs` if it is given.',
  },
  AMBIGUOUS: {
    summary: 'A name fits several things, and none is guessed.',
    when: ['two templates, networks, datastores or places have the name that a reference gives'],
    remedies: ['Take an id from `error.details.references[].candidates`, or add `within` to the name.'],
    retry: never,
  },
  FAILED_PRECONDITION: {
    summary: 'The object is not in the state that the call needs.',
    when: [
      'a running VM is deleted without `force`, or a stopped one restarted',
      'a suspended VM is stopped without `discardSavedState`',
      'a graceful stop where neither guest agent nor ACPI can ask the guest',
      'an operation with inline secrets is resumed without its specification (`reason: secret-needed-again`)',
      'the port is closed (`reason: closed`), or a plugin was made for another version of the port (`reason: port-version`)',
    ],
    remedies: ['The message says what to do first.', '`allowedActions` of a VM tells beforehand what it is ready for.'],
    retry: 'Once the state has changed.',
  },
  RESOURCE_EXHAUSTED: {
    summary: 'There is not enough memory, storage, ids or licences.',
    when: ['no host has the memory or processors, or the datastore not the space', 'a quota or licence is used up'],
    remedies: [
      '`error.details` names the resource, with what was requested and what is available, where the platform tells.',
      'Choose another place in `placement`, ask for less, or free something.',
    ],
    retry: 'Once something was freed.',
  },
  RATE_LIMITED: {
    summary: 'The platform asks for fewer calls.',
    when: ['too many requests, sessions or tasks at once'],
    remedies: [
      'Wait `error.retryAfterMs`.',
      'Lower the limits of the registry: `createRegistry(plugins, { limits })`.',
    ],
    retry: 'Yes, later.',
  },
  UNSUPPORTED: {
    summary: 'This platform, version or licence cannot do this.',
    when: [
      'a facet that the endpoint does not have',
      'a source, clone mode or customisation that the capabilities do not list',
      "`disks: 'keep'` where disks cannot outlive their VM",
    ],
    remedies: ['Ask `port.capabilities()` or `port.supports(facet)` first.', '`error.details.reason` tells why.'],
    retry: never,
  },
  UNAVAILABLE: {
    summary: 'The endpoint, or a host behind it, does not answer.',
    when: [
      'wrong address or port, a firewall, a service that is down or restarting',
      'the connection broke in the middle of a call; look at `error.outcome`',
      'one host of a cluster is dead: lists then have a problem instead of this error',
    ],
    remedies: ['Check address, port and network from the machine that makes the call.'],
    retry:
      'Yes. A mutation with `outcome: unknown` is first looked up: resume its operation, or repeat it with the same idempotency key.',
  },
  TLS_UNTRUSTED: {
    summary: 'The certificate or host key is neither trusted nor pinned. Nothing was sent.',
    when: [
      'the certificate is self-signed, expired, or of another name',
      'the pinned fingerprint does not match: the certificate was renewed, or somebody is in between',
    ],
    remedies: [
      'Compare `error.details.presentedFingerprint256` with the one shown on the console of the machine, then pin it.',
      'Or give the authority that signed it as `ca`. Allowing an untrusted certificate has to be asked for, and is audited.',
    ],
    retry: never,
  },
  TIMEOUT: {
    summary: 'Not done within the time given.',
    when: [
      'a call took longer than `timeoutMs` (60 seconds by default)',
      'a guest did not stop within `graceMs`: the VM still runs',
      'an operation passed its deadline and was taken back',
    ],
    remedies: [
      'Give more time, or stop with `graceful-then-hard`.',
      'A wait that timed out leaves the remote work alone: wait again, or resume the handle.',
    ],
    retry: 'Yes, looking at `error.outcome` first.',
  },
  CANCELLED: {
    summary: 'The signal of the caller was aborted, the port was closed, or the operation was cancelled.',
    when: ['`signal` was aborted before or during a call', '`port.close()` during a call', '`operation.cancel()`'],
    remedies: ['An aborted call leaves remote work alone: the last checkpoint tells how far it was, and resumes it.'],
    retry: 'As you like.',
  },
  PARTIAL: {
    summary: 'The operation failed and could not remove everything it had made.',
    when: ['taking back a failed creation failed too, as when the endpoint went away in the middle'],
    remedies: [
      '`error.details.leftovers` lists what is left; `error.details.reason` is why the operation failed.',
      'Run `port.resumeOperation(error.details.cleanUp)` and wait for it, now or later, in any process.',
    ],
    retry: 'After the clean-up.',
  },
  PROTOCOL: {
    summary: 'The endpoint answered something that this platform does not say.',
    when: [
      'a proxy, login page or another product answers at that address',
      'the answer is cut off, garbled, or of a version that is not known',
    ],
    remedies: [
      'Look at `error.details.excerpt`, and check address, port and proxies.',
      'If it is the platform after all, report it with product and version.',
    ],
    retry: 'Seldom worthwhile.',
  },
  INTERNAL: {
    summary: 'A failure that fits no other code. `error.native` holds what the platform said.',
    when: [
      'the platform reports an internal failure, or one that nobody has described yet',
      '`onCheckpoint` or the operation store threw: the operation stands at its checkpoint before',
      'a defect of a plugin or of this library',
    ],
    remedies: [
      'Read `error.native`, and `error.cause`, which is never printed by itself because it may hold anything.',
      'A native failure that has a better code is worth a report.',
    ],
    retry: 'Look at `error.outcome`: with `unknown`, look at the VM first.',
  },
}
