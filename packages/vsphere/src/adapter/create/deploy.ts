import { HypervisorError, type Polled, type Step } from '@dcm/core'
import { VsphereError } from '../../client/error.js'
import { reference } from '../../client/reference.js'
import { encodeName } from '../map-names.js'
import { createOwnWork } from '../own-work.js'
import type { Platform } from '../platform.js'
import { stillRunning } from '../task-step.js'
import { claimNote } from './draft.js'
import { readRequirements, targetOf } from './item.js'
import { additionalParameters } from './item-form.js'
import { type CreateContext, type CreateInput, type CreateState, extensionOf, markerOf } from './state.js'

type MakeStep = Extract<Step<CreateInput, CreateState>, { readonly repeat: 'once' }>
/** What the ways to make a VM have in common. */
export type Making = Pick<MakeStep, 'find' | 'findCanBeWrong' | 'undo' | 'leftovers'>

/**
 * `POST /vcenter/ovf/library-item/{item}?action=deploy`: answered when all is done, minutes later. It takes neither an id nor
 * settings, so the annotation bears our claim until the fix-up. A process that takes the operation over finds the VM by its name
 * and that claim, or sends the same order again, which bears the same `client_token`.
 */
export function deployStep(
  platform: Platform,
  making: Making,
  whenTaken: (context: CreateContext) => Promise<Polled<CreateState> | undefined>,
): MakeStep {
  const work = createOwnWork<string>()
  return {
    ...making,
    name: 'deploy',
    repeat: 'once',
    times: ({ state }) => (state.item === undefined || state.adopted === true ? 0 : 1),
    weight: 8,
    async begin(context) {
      if (context.state.own === true) return { done: true }
      const task = tokenOf(context)
      work.begin(task, (signal) => deploy(platform, context, signal))
      return { task, retryAfterMs: 100 }
    },
    async poll(context, task) {
      try {
        const seen = work.look(String(task))
        if (seen === undefined) return { vanished: true }
        return seen.done ? { done: true, state: { vm: seen.result, deployed: true } } : stillRunning(context)
      } catch (error) {
        const taken = await whenTaken(context)
        if (taken !== undefined) return taken
        if (VsphereError.isInstance(error) && error.outcome === 'unknown') return { vanished: true }
        throw error
      }
    },
  }
}

/** One for all runners of an attempt. */
function tokenOf(context: CreateContext): string {
  return `${context.state.attempt}${markerOf(context).key.slice(8)}`
}

async function deploy(platform: Platform, context: CreateContext, signal: AbortSignal): Promise<string> {
  const { state, input } = context
  const { spec } = input
  const { rest } = platform.api
  const asked = await readRequirements(platform, state, signal)
  const parameters = additionalParameters(spec, asked)
  const { networkMappings = {}, datastore } = state
  const { resource_id: made } = await rest.request(
    'POST /vcenter/ovf/library-item/{library_item_id}?action=deploy',
    {
      library_item_id: state.item ?? '',
      client_token: tokenOf(context),
      target: targetOf(state),
      deployment_spec: {
        name: encodeName(spec.name),
        annotation: claimNote(context),
        accept_all_EULA: extensionOf(spec).ovf?.acceptEulas === true,
        ...(Object.keys(networkMappings).length > 0 && { network_mappings: networkMappings }),
        ...(datastore !== undefined && { default_datastore_id: datastore }),
        ...(parameters.length > 0 && { additional_parameters: parameters }),
      },
    },
    { signal },
  )
  if (made?.type === 'VirtualMachine') return made.id
  if (made !== undefined) await platform.api.run(reference(made.type, made.id), 'Destroy_Task', undefined, { signal })
  throw new HypervisorError(
    'UNSUPPORTED',
    'the item holds several VMs (a vApp): deploy it by nativeOf(port, vsphere).rest',
    {
      outcome: 'failed',
      details: { feature: 'vApps of library items' },
    },
  )
}
