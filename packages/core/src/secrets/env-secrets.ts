import { HypervisorError } from '../errors/hypervisor-error.js'
import { Secret, type SecretResolver } from './secret.js'

/**
 * Resolves `env:NAME` from the given environment, by default the process's own, read at the moment of the call.
 * NOT_FOUND for a variable that is not set or empty.
 */
export function envSecrets(environment?: Readonly<Record<string, string | undefined>>): SecretResolver {
  return {
    async resolve(reference) {
      const name = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(reference)?.[1]
      if (name === undefined) {
        const { notASecretReference } = await secretErrors()
        throw notASecretReference('write env:NAME, with the name of an environment variable')
      }
      const variables = environment ?? process.env
      const value = Object.hasOwn(variables, name) ? variables[name] : undefined
      if (value === undefined || value === '') {
        const { secretNotFound } = await secretErrors()
        throw secretNotFound(reference, `the environment variable ${name} is ${value === '' ? 'empty' : 'not set'}`)
      }
      return new Secret(value)
    },
  }
}

/** Resolvers by the scheme of the references they know: `combineSecrets({ env: envSecrets(), vault: myVault })`. */
export function combineSecrets(resolvers: { readonly [scheme: string]: SecretResolver }): SecretResolver {
  const schemes = Object.keys(resolvers).map((scheme) => `${scheme}:`)
  return {
    async resolve(reference, signal) {
      const scheme = /^([a-z][a-z0-9+.-]*):/.exec(reference)?.[1]
      const resolver = scheme !== undefined && Object.hasOwn(resolvers, scheme) ? resolvers[scheme] : undefined
      if (!resolver) {
        const { notASecretReference } = await secretErrors()
        throw notASecretReference(`it must begin with ${schemes.join(' or ')}`)
      }
      const secret = await resolver.resolve(reference, signal)
      if (secret.reveal() !== '') return secret
      throw new HypervisorError('NOT_FOUND', `the secret ${reference} is empty`)
    },
  }
}

const secretErrors = (): Promise<typeof import('./secret-errors.js')> => import('./secret-errors.js')
