import { claimOf, claimSteps, othersClone } from './claim.js'
import type { Connection } from './connection.js'
import { planCreate } from './create-plan.js'
import { type CreateContext, type CreateInput, type CreateStep, extensionsOf, planOf } from './create-state.js'

/** The steps up to the VM's existence: resolve, look whether it is there, choose an id, create under the claim. */
export function createSteps(connection: Connection, site: string): readonly CreateStep[] {
  return [
    plan(connection, site),
    ...claimSteps<CreateInput>(connection, 'configure', {
      send: (context) => sendCreate(connection, context),
      nameOf: ({ spec }) => spec.name,
      async blockedBy({ state }: CreateContext) {
        const template = state.plan?.template
        if (template === undefined || (await connection.hasCloneRoom(template))) return undefined
        return othersClone(connection)
      },
    }),
  ]
}

/** `inventory`, and every problem of the specification at once. */
function plan(connection: Connection, site: string): CreateStep {
  return {
    name: 'plan',
    repeat: 'read',
    async begin({ input, signal }) {
      const inventory = await connection.call('inventory', {}, signal)
      return { done: true, state: { plan: planCreate(input.spec, inventory, site) } }
    },
  }
}

async function sendCreate(connection: Connection, context: CreateContext): Promise<{ readonly task: string }> {
  const { input, signal } = context
  const { spec } = input
  const plan = planOf(context)
  const claim = claimOf(context)
  const common = {
    ...claim,
    name: spec.name,
    host: plan.host,
    metadata: { ...extensionsOf(context).metadata, ...claim.metadata },
    ...(plan.pool !== undefined && { pool: plan.pool }),
  }
  if (plan.template !== undefined) {
    const linked = spec.source.from === 'template' && spec.source.clone === 'linked'
    const stores = plan.stores.slice(0, plan.templateDisks)
    return connection.call('vm.clone', { ...common, template: plan.template, linked, stores }, signal)
  }
  const { guestOs, firmware } = spec.source.from === 'template' ? {} : spec.source
  const disks = (spec.disks ?? []).map(({ sizeBytes }, index) => ({ sizeBytes, store: plan.stores[index] ?? '' }))
  // The plan made sure that they are given.
  const hardware = { cpus: spec.cpus ?? 1, memoryBytes: spec.memoryBytes ?? 0, disks }
  const args = {
    ...common,
    ...hardware,
    ...(plan.image !== undefined && { image: plan.image }),
    ...(firmware !== undefined && { firmware }),
    ...(guestOs !== undefined && { guestOs }),
  }
  return connection.call('vm.create', args, signal)
}
