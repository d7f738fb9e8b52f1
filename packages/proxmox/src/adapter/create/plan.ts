import type { Step } from '@dcm/core'
import type { Platform } from '../platform.js'
import { createChecks } from './checks.js'
import { checkCommon } from './common-checks.js'
import { readEndpoint } from './facts.js'
import { findHost, nameThings } from './placing.js'
import { planBlank } from './plan-blank.js'
import { planClone } from './plan-clone.js'
import type { CreateInput, CreateState } from './state.js'

/**
 * Resolves every reference and checks everything that can be checked without writing; all problems are told at once.
 * Left out when the VM is there already and finished.
 */
export function planStep(platform: Platform): Step<CreateInput, CreateState> {
  return {
    name: 'plan',
    repeat: 'read',
    times: ({ state }) => (state.finished === true ? 0 : 1),
    async begin(context) {
      const { spec } = context.input
      const checks = createChecks()
      checkCommon(spec, checks)
      const facts = await readEndpoint(platform, context.signal)
      const named = nameThings(facts)
      const host = findHost(spec, facts, named, checks)
      const pool = await findPool(platform, context, checks)
      const rest = { platform, context, facts, named, host: host?.id, checks }
      const state = spec.source.from === 'template' ? await planClone(rest) : await planBlank(rest)
      checks.throwIfAny()
      return { done: true, state: { road: spec.powerOn === false ? 'none' : 'start', ...(pool && { pool }), ...state } }
    },
  }
}

async function findPool(
  platform: Platform,
  { input, signal }: Parameters<Step<CreateInput, CreateState>['begin']>[0],
  { problems }: ReturnType<typeof createChecks>,
): Promise<string | undefined> {
  const reference = input.spec.placement?.resourcePool
  if (reference === undefined) return undefined
  const pools = await platform.api.request('GET /pools', {}, { signal })
  const wanted = 'id' in reference ? reference.id : reference.name
  if (pools.some(({ poolid }) => poolid === wanted)) return wanted
  problems.missing({ path: 'placement.resourcePool', kind: 'resource-pool', reference })
  return undefined
}
