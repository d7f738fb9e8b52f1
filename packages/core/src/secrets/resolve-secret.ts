import { combineSecrets, envSecrets } from './env-secrets.js'
import { fileSecrets } from './file-secrets.js'
import { Secret, type SecretInput, type SecretResolver } from './secret.js'

/** What is used when the application gives no resolver: `env:` and `file:` of this process. */
export function defaultSecrets(): SecretResolver {
  return combineSecrets({ env: envSecrets(), file: fileSecrets() })
}

/** The value of a secret, given by reference or inline. */
export async function resolveSecretInput(
  input: SecretInput,
  resolver: SecretResolver,
  signal?: AbortSignal,
): Promise<Secret> {
  return 'secretValue' in input ? new Secret(input.secretValue) : resolver.resolve(input.secretRef, signal)
}
