import type { SecretResolver } from './secret.js'

export interface FileSecretsOptions {
  /** Only files below this directory are read, and references may be relative to it. Default: any absolute path. */
  readonly root?: string
}

/**
 * Resolves `file:/run/secrets/x`: the text of a file of at most 64 KiB, without its final newline, if it has one. NOT_FOUND when
 * there is none or it is empty, PERMISSION_DENIED when it may not be read, INVALID_ARGUMENT for anything but a text file.
 */
export function fileSecrets(options: FileSecretsOptions = {}): SecretResolver {
  return {
    async resolve(reference) {
      const { readSecretFile } = await import('./read-secret-file.js')
      return readSecretFile(reference, options.root)
    },
  }
}
