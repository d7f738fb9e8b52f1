import type { VsphereErrorKind } from './error.js'

interface FaultClass {
  readonly kind: VsphereErrorKind
  readonly retryable?: true
}

/** Faults of a login that must not be repeated, and of a session that has ended. */
const unauthenticated: FaultClass = { kind: 'unauthenticated' }

/** What a fault means; a fault that is not listed means what the type means that it extends. */
const classes: Readonly<Record<string, FaultClass>> = {
  NotAuthenticated: unauthenticated,
  SessionNotFound: unauthenticated,
  InvalidToken: unauthenticated,
  AuthenticationRequired: unauthenticated,
  InvalidLogin: unauthenticated,
  NoClientCertificate: unauthenticated,
  NoPermission: { kind: 'permission-denied' },
  SecurityError: { kind: 'permission-denied' },
  RestrictedVersion: { kind: 'unsupported' },
  ManagedObjectNotFound: { kind: 'not-found' },
  NotFound: { kind: 'not-found' },
  FileNotFound: { kind: 'not-found' },
  DuplicateName: { kind: 'already-exists' },
  AlreadyExists: { kind: 'already-exists' },
  FileAlreadyExists: { kind: 'already-exists' },
  InvalidState: { kind: 'failed-precondition' },
  QuestionPending: { kind: 'conflict' },
  TaskInProgress: { kind: 'conflict', retryable: true },
  ResourceInUse: { kind: 'conflict', retryable: true },
  FileLocked: { kind: 'conflict', retryable: true },
  MethodDisabled: { kind: 'conflict', retryable: true },
  TooManyConcurrentNativeClones: { kind: 'conflict', retryable: true },
  ConcurrentAccess: { kind: 'conflict' },
  InsufficientResourcesFault: { kind: 'resource-exhausted' },
  NoDiskSpace: { kind: 'resource-exhausted' },
  LimitExceeded: { kind: 'resource-exhausted' },
  VmLimitLicense: { kind: 'resource-exhausted' },
  NoCompatibleHost: { kind: 'resource-exhausted' },
  NotEnoughLicenses: { kind: 'failed-precondition' },
  InvalidArgument: { kind: 'validation' },
  InvalidName: { kind: 'validation' },
  InvalidRequest: { kind: 'validation' },
  InvalidType: { kind: 'validation' },
  InvalidProperty: { kind: 'validation' },
  OutOfBounds: { kind: 'validation' },
  InvalidFolder: { kind: 'validation' },
  VmConfigFault: { kind: 'validation' },
  NicSettingMismatch: { kind: 'validation' },
  UncustomizableGuest: { kind: 'validation' },
  CpuHotPlugNotSupported: { kind: 'failed-precondition' },
  MemoryHotPlugNotSupported: { kind: 'failed-precondition' },
  ToolsUnavailable: { kind: 'failed-precondition' },
  SnapshotFault: { kind: 'failed-precondition' },
  MigrationFault: { kind: 'failed-precondition' },
  CustomizationFault: { kind: 'failed-precondition' },
  // The guest speaks: whoever is logged in here stays so.
  GuestOperationsFault: { kind: 'failed-precondition' },
  GuestPermissionDenied: { kind: 'permission-denied' },
  GuestProcessNotFound: { kind: 'not-found' },
  InvalidGuestLogin: { kind: 'permission-denied' },
  OperationNotSupportedByGuest: { kind: 'unsupported' },
  CannotAccessFile: { kind: 'permission-denied' },
  InvalidDatastore: { kind: 'failed-precondition' },
  GenericDrsFault: { kind: 'failed-precondition' },
  MethodNotFound: { kind: 'unsupported' },
  NotSupported: { kind: 'unsupported' },
  NotImplemented: { kind: 'unsupported' },
  HostCommunication: { kind: 'unreachable', retryable: true },
  Timedout: { kind: 'timeout' },
  RequestCanceled: { kind: 'cancelled' },
}

/** The class of a fault by its type and those that it extends, most specific first. */
export function classifyFault(names: readonly string[]): FaultClass {
  for (const name of names) {
    if (Object.hasOwn(classes, name)) return classes[name] ?? { kind: 'internal' }
  }
  return { kind: 'internal' }
}

const endsOfSession = new Set(['NotAuthenticated', 'SessionNotFound', 'InvalidToken', 'AuthenticationRequired'])

/** Whether a fault of this type says that there is no session (any more). */
export function meansNoSession(name: string): boolean {
  return endsOfSession.has(name)
}
