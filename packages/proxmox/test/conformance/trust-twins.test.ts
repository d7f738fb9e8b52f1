import type { HypervisorPort } from '@dcm/core'
import { type ConnectRequest, type HarnessModule, runChecks } from '@dcm/core/conformance/run'
import { proxmox } from '@dcm/proxmox'
import { expect, test } from 'vitest'
import { createHarness } from './harness.js'

type Connect = (request?: ConnectRequest) => Promise<HypervisorPort>

/** The simulator speaks TLS, which the in-memory hypervisor does not: so check 14 is proven here. */
const twins: readonly { readonly name: string; readonly breaks: string; connect(good: Connect): Connect }[] = [
  {
    name: 'trusting',
    breaks: 'it takes every certificate for the right one',
    connect: (connect) => (request) => connect({ ...request, trust: 'good' }),
  },
  {
    name: 'afterthought',
    breaks: 'it looks at the certificate when it has sent its request',
    connect: (connect) => async (request) => {
      const [sending, looking] = [await connect({ ...request, trust: 'good' }), await connect(request)]
      return {
        ...looking,
        async testConnection(options) {
          await sending.testConnection(options)
          return looking.testConnection(options)
        },
        close: async () => void (await Promise.all([sending.close(), looking.close()])),
      }
    },
  },
  {
    name: 'unbending',
    breaks: 'it refuses an untrusted server that was opted for',
    connect: (connect) => (request) =>
      connect({ ...request, ...(request?.trust === 'opted' && { trust: 'untrusted' }) }),
  },
]

function moduleOf(change: (connect: Connect) => Connect): HarnessModule {
  return {
    async createHarness() {
      const harness = await createHarness()
      return { ...harness, connect: change(harness.connect) }
    },
  }
}

async function trial(change: (connect: Connect) => Connect): Promise<readonly string[]> {
  const results = await runChecks(moduleOf(change), { facets: proxmox.facets, only: [14] })
  return results.map(({ number, status }) => `${number} ${status}`)
}

test.for(twins)('$name is caught: $breaks', async ({ connect }) => {
  expect(await trial(connect)).toEqual(['14 failed'])
})

test('a twin without a fault is not', async () => {
  expect(await trial((connect) => connect)).toEqual(['14 passed'])
})
