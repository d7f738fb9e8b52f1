import { gib, type HypervisorPort, type Operation, type Result, type VmInfo } from '@dcm/core'
import type { HandleFiles } from './handle-files.js'
import type { Screen } from './terminal.js'

/** What making machines needs. */
export interface Provisioning {
  readonly port: HypervisorPort
  /** Name of the template to clone. */
  readonly template: string
  readonly screen: Screen
  readonly kept: HandleFiles
}

/** Makes one machine, or goes on with what an earlier run left of it: the handle in the file decides. */
export async function provision(work: Provisioning, name: string): Promise<Result<VmInfo>> {
  const { port, template, kept } = work
  const options = checkpoints(work, name)
  const earlier = kept.all().find((entry) => entry.name === name)?.handle
  if (earlier?.kind === 'cleanUp') {
    const cleaned = await outcomeOf(work, name, await port.resumeOperation(earlier, options))
    if (!cleaned.ok) return cleaned
    kept.remove(name)
  } else if (earlier) {
    // What is kept here and is no clean-up is a creation, which gives the machine.
    return (await outcomeOf(work, name, await port.resumeOperation(earlier, options))) as Result<VmInfo>
  }
  const creation = await port.createVm(
    {
      name,
      source: { from: 'template', template: { name: template } },
      cpus: 2,
      memoryBytes: gib(2),
      description: 'Made by the quickstart',
      tags: ['quickstart'],
      powerOn: true,
    },
    { ...options, idempotencyKey: `quickstart/${name}` },
  )
  return outcomeOf(work, name, creation)
}

function checkpoints({ kept }: Provisioning, name: string): Parameters<HypervisorPort['createVm']>[1] {
  return { onCheckpoint: (handle) => kept.save({ name, handle }) }
}

/** Waits, and keeps of a failure what the next run needs: nothing only where the operation is over. */
async function outcomeOf<T>(
  { screen, kept }: Provisioning,
  name: string,
  started: Result<Waits<T>>,
): Promise<Result<T>> {
  const done = started.ok
    ? await started.value.wait({ onProgress: (progress) => screen.progress(name, progress) })
    : started
  if (done.ok) return done
  const { error } = done
  const outcome = kept.all().find((entry) => entry.name === name)?.handle.outcome
  if (error.code === 'PARTIAL') kept.save({ name, handle: error.details.cleanUp })
  else if (outcome === 'failed' || (outcome === 'succeeded' && error.code === 'NOT_FOUND')) kept.remove(name)
  return done
}

interface Waits<T> {
  wait(options: Parameters<Operation['wait']>[0]): Promise<Result<T>>
}
