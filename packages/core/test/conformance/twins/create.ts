import {
  type AdapterOperations,
  type CreateVmOptions,
  type HypervisorAdapter,
  HypervisorError,
  type HypervisorPort,
  type VmProvisionSpec,
} from '@dcm/core'
import { blur, but, type Fault, operated, type TwinGroup } from './twin.js'

export const createTwins: TwinGroup = {
  tries: [37, 38, 39, 40, 45, 46, 47, 48, 49, 51],
  twins: [
    {
      name: 'stingy',
      breaks: 'it leaves the number of processors as the template has it',
      checks: [37],
      make: () => creating(({ cpus: _, ...spec }, options) => [spec, options]),
    },
    {
      name: 'keyless',
      breaks: 'it ignores the idempotency key',
      checks: [38, 39, 40],
      make: () => creating((spec, { idempotencyKey: _, ...options } = {}) => [spec, options]),
    },
    {
      name: 'one key for all',
      breaks: 'it uses one key for all VMs',
      checks: [41],
      also: [49, 51],
      make: () => creating((spec, options) => [spec, { ...options, idempotencyKey: 'the-only-key' }]),
    },
    {
      name: 'possessive',
      breaks: 'it gives up when somebody else takes the id that it wanted',
      checks: [42],
      make: () =>
        stepping((step, adapter) =>
          step.name === 'create'
            ? {
                ...step,
                async begin(context) {
                  const begun = await step.begin(context)
                  if (!('goTo' in begun) || begun.goTo !== 'reserve') return begun
                  const ref = { endpoint: 'memory-lab', id: String(context.state.vmId) }
                  const { createdBy } = await adapter.getVm(ref, context)
                  // A contender with the same key is not somebody else.
                  if (createdBy?.key === context.marker?.key) return begun
                  throw new HypervisorError('ALREADY_EXISTS', 'the id was taken by somebody else')
                },
              }
            : step,
        ),
    },
    {
      name: 'litterer',
      breaks: 'it takes nothing back when a later step fails',
      checks: [43],
      make: () => stepping((step) => ({ ...step, undo: [] })),
    },
    {
      name: 'lip service',
      breaks: 'its clean-up reports success without doing anything',
      checks: [44],
      make: () => ({
        port: (port) =>
          but(port, {
            resumeOperation: async (handle, options) =>
              operated(await port.resumeOperation(handle, options), ({ wait, kind }) => ({
                // It would be the report of a clean-up, which only this kind gives.
                wait: kind === 'cleanUp' ? async () => ({ ok: true, value: { removed: [], left: [] } as never }) : wait,
              })),
          }),
      }),
    },
    {
      name: 'one at a time',
      breaks: 'it tells only the first of the names it does not know',
      checks: [45],
      make: () =>
        refusing((answer) =>
          blur(answer, 'NOT_FOUND', (error) =>
            error.code === 'NOT_FOUND'
              ? new HypervisorError('NOT_FOUND', error.message, {
                  details: { missing: error.details.missing.slice(0, 1) },
                })
              : error,
          ),
        ),
    },
    {
      name: 'cryptic',
      breaks: 'it names no candidates for an ambiguous name',
      checks: [46],
      make: () =>
        refusing((answer) => blur(answer, 'AMBIGUOUS', ({ message }) => new HypervisorError('AMBIGUOUS', message))),
    },
    {
      name: 'scissors',
      breaks: 'it cuts names that are too long',
      checks: [47],
      make: () => creating((spec, options) => [{ ...spec, name: spec.name.slice(0, 80) }, options]),
    },
    {
      name: 'shrug',
      breaks: 'it calls a lack of room INTERNAL',
      checks: [48],
      make: () => ({
        port: (port) =>
          but(port, {
            async createVm(spec, options) {
              const shrug = () => new HypervisorError('INTERNAL', 'something went wrong')
              const answer = blur(await port.createVm(spec, options), 'RESOURCE_EXHAUSTED', shrug)
              return operated(answer, (operation) => ({
                wait: async (wish) => blur(await operation.wait(wish), 'RESOURCE_EXHAUSTED', shrug),
              }))
            },
          }),
      }),
    },
    {
      name: 'sleeper',
      breaks: 'it starts no VM that it creates',
      checks: [49],
      make: () => creating((spec, options) => [{ ...spec, powerOn: false }, options]),
    },
    {
      name: 'faint-hearted',
      breaks: 'it gives up when the answer of a mutation is lost',
      checks: [50],
      make: () =>
        stepping((step) =>
          step.repeat === 'once'
            ? { ...step, find: async () => ({ found: 'unknowable', reason: 'nobody looked' }) }
            : step,
        ),
    },
    {
      name: 'plain',
      breaks: 'it drops the extensions of the specification',
      checks: [51],
      make: () => creating(({ extensions: _, ...spec }, options) => [spec, options]),
    },
  ],
}

type Asked = readonly [VmProvisionSpec, CreateVmOptions | undefined]

/** Another creation than the one asked for. */
function creating(change: (spec: VmProvisionSpec, options?: CreateVmOptions) => Asked): Fault {
  return { port: (port) => but(port, { createVm: (spec, options) => port.createVm(...change(spec, options)) }) }
}

type Started = Awaited<ReturnType<HypervisorPort['createVm']>>

/** Another answer to `createVm`. */
function refusing(change: (answer: Started) => Started): Fault {
  return {
    port: (port) => but(port, { createVm: async (spec, options) => change(await port.createVm(spec, options)) }),
  }
}

type CreateStep = AdapterOperations['createVm']['steps'][number]

/** Other steps of a creation. */
export function stepping(change: (step: CreateStep, adapter: HypervisorAdapter) => CreateStep): Fault {
  return {
    adapter: (adapter) => ({
      operations: {
        ...adapter.operations,
        createVm: but(adapter.operations.createVm, {
          steps: adapter.operations.createVm.steps.map((step) => change(step, adapter)),
        }),
      },
    }),
  }
}
