import { type CreateVmOptions, err, HypervisorError, type Operation, type VmProvisionSpec } from '@dcm/core'
import { stepping } from './create.js'
import { but, type Fault, operated, type TwinGroup } from './twin.js'

export const operationTwins: TwinGroup = {
  tries: [65, 66, 68, 71],
  twins: [
    {
      name: 'forgetful worker',
      breaks: 'an advance begins the operation anew',
      checks: [64],
      make() {
        const specs = new Map<string, VmProvisionSpec>()
        return {
          port: (port) =>
            but(port, {
              async createVm(spec, options) {
                const answer = await port.createVm(spec, options)
                if (answer.ok) specs.set(answer.value.id, spec)
                return answer
              },
              async advanceOperation(handle, options) {
                const spec = specs.get(handle.id)
                if (spec) await port.createVm(spec)
                return port.advanceOperation(handle, options)
              },
            }),
        }
      },
    },
    {
      name: 'backwards',
      breaks: 'its progress falls',
      checks: [65],
      make: () =>
        waiting((operation) => ({
          wait: (wish) =>
            operation.wait({
              ...wish,
              onProgress: (progress) => wish?.onProgress?.({ ...progress, fraction: 1 - (progress.fraction ?? 0) }),
            }),
        })),
    },
    {
      name: 'paraphrase',
      breaks: 'it hides what the platform said',
      checks: [66],
      make: () =>
        waiting((operation) => ({
          async wait(wish) {
            const answer = await operation.wait(wish)
            return answer.ok ? answer : { ok: false, error: new HypervisorError('INTERNAL', 'it did not work') }
          },
        })),
    },
    {
      name: 'pessimist',
      breaks: 'it takes a native task that nobody knows any more for one that failed',
      checks: [67],
      make: () =>
        stepping((step) =>
          step.poll
            ? {
                ...step,
                async poll(context, task) {
                  const polled = await step.poll?.(context, task)
                  if (polled && !('vanished' in polled)) return polled
                  throw new HypervisorError('INTERNAL', 'the task is gone', { outcome: 'failed' })
                },
              }
            : step,
        ),
    },
    {
      name: 'homebody',
      breaks: 'it goes on with operations of its own process only',
      checks: [63],
      make() {
        const own = new Set<string>()
        return {
          port: (port) =>
            but(port, {
              async createVm(spec, options) {
                const answer = await port.createVm(spec, options)
                if (answer.ok) own.add(answer.value.id)
                return answer
              },
              async resumeOperation(handle, options) {
                if (own.has(handle.id)) return port.resumeOperation(handle, options)
                return err(new HypervisorError('NOT_FOUND', 'nobody here has begun that'))
              },
            }),
        }
      },
    },
    {
      name: 'fresh start',
      breaks: 'a resumed creation begins anew',
      checks: [63, 74],
      make: () => ({
        port: (port) =>
          but(port, {
            async resumeOperation(handle, options) {
              if (handle.kind !== 'createVm') return port.resumeOperation(handle, options)
              // The handle of a creation, by its kind; what is begun anew stands for it.
              const { spec } = handle.input as unknown as { readonly spec: VmProvisionSpec }
              return (await port.createVm(spec)) as never
            },
          }),
      }),
    },
    {
      name: 'unworried',
      breaks: 'it drops the warnings of the platform',
      checks: [68],
      make: () => waiting(() => ({ warnings: [] })),
    },
    {
      name: 'yes-man',
      breaks: 'it says cancelled without cancelling',
      checks: [69],
      make: () => waiting(() => ({ cancel: async () => ({ ok: true, value: 'cancelled' }) })),
    },
    {
      name: 'quitter',
      breaks: 'an aborted wait cancels the remote work',
      checks: [70],
      make: () =>
        waiting((operation) => ({
          async wait(wish) {
            const answer = await operation.wait(wish)
            if (wish?.signal?.aborted) await operation.cancel()
            return answer
          },
        })),
    },
    {
      name: 'afterthought',
      breaks: 'it tells no checkpoint before a mutation',
      checks: [71],
      make: () => checkpointing((tell) => (handle) => (handle.cursor.stage === 'intent' ? undefined : tell(handle))),
    },
    {
      name: 'half the story',
      breaks: 'it tells no checkpoint after a mutation',
      checks: [71],
      make: () => checkpointing((tell) => (handle) => (handle.cursor.stage === 'intent' ? tell(handle) : undefined)),
    },
    {
      name: 'two clocks',
      breaks: 'it reads deadlines by another clock than it sets them by',
      checks: [72],
      make() {
        let asked = 0
        return { adapter: ({ now }) => ({ now: () => (now?.() ?? 0) + 3_600_000 * asked++ }) }
      },
    },
    {
      name: 'confidant',
      breaks: 'it keeps inline secrets for later',
      checks: [73],
      make() {
        let kept: VmProvisionSpec | undefined
        return {
          port: (port) =>
            but(port, {
              createVm(spec, options) {
                kept = spec
                return port.createVm(spec, options)
              },
              resumeOperation: (handle, options) =>
                port.resumeOperation(handle, { ...(kept && { spec: kept }), ...options }),
            }),
        }
      },
    },
  ],
}

/** Another operation of `createVm`. */
function waiting(changes: (operation: Operation<'createVm'>) => Partial<Operation<'createVm'>>): Fault {
  return {
    port: (port) =>
      but(port, { createVm: async (spec, options) => operated(await port.createVm(spec, options), changes) }),
  }
}

type Tell = NonNullable<CreateVmOptions['onCheckpoint']>

/** Other checkpoints of `createVm`. */
function checkpointing(change: (tell: Tell) => Tell): Fault {
  return {
    port: (port) =>
      but(port, {
        createVm: (spec, { onCheckpoint, ...options } = {}) =>
          port.createVm(spec, { ...options, ...(onCheckpoint && { onCheckpoint: change(onCheckpoint) }) }),
      }),
  }
}
