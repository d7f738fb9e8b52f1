import { type ErrorCode, HypervisorError, type HypervisorPort } from '@dcm/core'
import type { NativeRequest } from '@dcm/core/memory'
import { blur, but, type Fault, type TwinGroup } from './twin.js'

export const connectionTwins: TwinGroup = {
  tries: [10, 11, 12, 13, 15, 16, 17, 18],
  twins: [
    {
      name: 'vague',
      breaks: 'its version has no number',
      checks: [10],
      make: () => ({
        adapter: (adapter) => ({
          testConnection: async (context) => ({ ...(await adapter.testConnection(context)), version: 'latest' }),
        }),
      }),
    },
    {
      name: 'locksmith',
      breaks: 'it tries a wrong password twice',
      checks: [11],
      make: () => ({
        adapter: (adapter) => ({
          testConnection: (context) => adapter.testConnection(context).catch(() => adapter.testConnection(context)),
        }),
      }),
    },
    {
      name: 'hopeful',
      breaks: 'it calls a wrong password worth another try',
      checks: [11],
      make: () =>
        testing(
          'UNAUTHENTICATED',
          ({ message }) => new HypervisorError('UNAUTHENTICATED', message, { retryable: true }),
        ),
    },
    {
      name: 'bureaucrat',
      breaks: 'it does not say which rights are missing',
      checks: [12],
      make: () => testing('PERMISSION_DENIED', ({ message }) => new HypervisorError('PERMISSION_DENIED', message)),
    },
    {
      name: 'defeatist',
      breaks: 'it calls an endpoint where nobody answers not worth another try',
      checks: [13],
      make: () =>
        testing('UNAVAILABLE', ({ message }) => new HypervisorError('UNAVAILABLE', message, { retryable: false })),
    },
    {
      name: 'stampede',
      breaks: 'each call that meets an expired session logs in for itself',
      checks: [15],
      make() {
        let login: NativeRequest | undefined
        return {
          send: (send) => async (request, signal) => {
            if (request.call === 'session.open') login = request
            try {
              return await send(request, signal)
            } catch (reason) {
              if (request.call === 'vm.list' && login) await send(login)
              throw reason
            }
          },
        }
      },
    },
    {
      name: 'deaf',
      breaks: 'it ignores a signal that was aborted before the call',
      checks: [16],
      make: () =>
        listing(
          (port) => (query, options) => (options?.signal?.aborted ? port.listVms(query) : port.listVms(query, options)),
        ),
    },
    {
      name: 'absorbed',
      breaks: 'it ignores a signal that is aborted during the call',
      checks: [16],
      make: () =>
        listing(
          (port) => (query, options) =>
            options?.signal?.aborted ? port.listVms(query, options) : port.listVms(query, { timeoutMs: 500 }),
        ),
    },
    {
      name: 'discreet',
      breaks: 'it does not show what it could not read',
      checks: [17],
      make: () =>
        listing(
          (port) => async (query, options) =>
            blur(
              await port.listVms(query, options),
              'PROTOCOL',
              ({ message }) => new HypervisorError('PROTOCOL', message),
            ),
        ),
    },
    {
      name: 'misnomer',
      breaks: 'it calls a body that never ends UNAVAILABLE',
      checks: [18],
      make: () =>
        listing(
          (port) => async (query, options) =>
            blur(
              await port.listVms(query, options),
              'TIMEOUT',
              ({ message }) => new HypervisorError('UNAVAILABLE', message),
            ),
        ),
    },
  ],
}

/** Another error of `testConnection`. */
function testing(code: ErrorCode, replace: (error: HypervisorError) => HypervisorError): Fault {
  return {
    port: (port) =>
      but(port, { testConnection: async (options) => blur(await port.testConnection(options), code, replace) }),
  }
}

/** Another `listVms`. */
function listing(listVms: (port: HypervisorPort) => HypervisorPort['listVms']): Fault {
  return { port: (port) => but(port, { listVms: listVms(port) }) }
}
