import type { AdapterFacetOf, Sealed, VmChanges } from '@dcm/core'
import { isFault } from '../../client/error.js'
import type { MethodArguments } from '../../client/method-types.js'
import { reference } from '../../client/reference.js'
import { requireVm } from '../locate.js'
import { encodeName } from '../map-names.js'
import { type DetailRow, mebibyte } from '../map-vm.js'
import type { Platform } from '../platform.js'
import { refused } from '../power/power-state.js'
import { readPlanned } from './planned-vm.js'
import { infoResult, vmTask } from './vm-task.js'

type ConfigSpec = MethodArguments<'ReconfigVM_Task'>['spec']
type Changes = Sealed<VmChanges>
type Needing = 'cpus' | 'memoryBytes'

/** ReconfigVM_Task: all fields in one write, guarded by `changeVersion`. */
export function reconfigureFacet(platform: Platform): AdapterFacetOf<'reconfigure'> {
  return {
    async preview(changes, { signal }) {
      return {
        needsPowerOff: await needingPowerOff(platform, await requireVm(platform, changes.ref, signal), changes, signal),
      }
    },
    apply: vmTask(platform, {
      async plan(row, input, signal) {
        await assertPossible(platform, row, input, signal)
        return { settled: lacking(row, input) === undefined }
      },
      async send({ input, state, signal }) {
        const row = await readPlanned(platform, state, signal)
        const spec = lacking(row, input)
        if (spec === undefined) return undefined
        await assertPossible(platform, row, input, signal)
        const changeVersion = row['config.changeVersion']
        const guard = changeVersion === undefined ? {} : { changeVersion }
        return platform.api.call(row.ref, 'ReconfigVM_Task', { spec: { ...guard, ...spec } }, { signal })
      },
      failed: (error) => (isFault(error, 'ConcurrentAccess') ? { goTo: 'change' } : undefined),
      result: infoResult(platform),
    }),
  }
}

/** What of the changes the VM does not have yet; undefined when it has all. */
function lacking(row: DetailRow, { name, description, cpus, memoryBytes }: Changes): ConfigSpec | undefined {
  const spec: ConfigSpec = {
    ...(name !== undefined && encodeName(name) !== row.name && { name: encodeName(name) }),
    ...(description !== undefined && description !== (row['config.annotation'] ?? '') && { annotation: description }),
    ...(cpus !== undefined && cpus !== row['config.hardware.numCPU'] && { numCPUs: cpus }),
    ...(memoryBytes !== undefined &&
      memoryBytes / mebibyte !== row['config.hardware.memoryMB'] && { memoryMB: memoryBytes / mebibyte }),
  }
  return Object.keys(spec).length === 0 ? undefined : spec
}

async function assertPossible(
  platform: Platform,
  row: DetailRow,
  changes: Changes,
  signal: AbortSignal,
): Promise<void> {
  const needing = await needingPowerOff(platform, row, changes, signal)
  if (needing.length === 0) return
  throw refused(row, `has to be stopped first: ${needing.join(' and ')} cannot be changed now`, 'needs-power-off')
}

const hotPlugPaths = [
  'config.cpuHotAddEnabled',
  'config.memoryHotAddEnabled',
  'config.hotPlugMemoryIncrementSize',
  'config.hotPlugMemoryLimit',
] as const

/** A running VM only grows, and only where its hot-add flags say so; memory in the VM's own steps, up to its own limit. */
async function needingPowerOff(
  platform: Platform,
  row: DetailRow,
  { cpus, memoryBytes }: Changes,
  signal: AbortSignal,
): Promise<Needing[]> {
  if (row['runtime.powerState'] === 'poweredOff') return []
  const hasCpus = row['config.hardware.numCPU'] ?? 0
  const hasMemory = row['config.hardware.memoryMB'] ?? 0
  const memory = memoryBytes === undefined ? hasMemory : memoryBytes / mebibyte
  if ((cpus ?? hasCpus) === hasCpus && memory === hasMemory) return []
  const flags = await platform.api.read(reference('VirtualMachine', row.ref.value), 'VirtualMachine', hotPlugPaths, {
    signal,
  })
  const runs = row['runtime.powerState'] === 'poweredOn'
  const cpusCan = runs && flags['config.cpuHotAddEnabled'] === true && (cpus ?? hasCpus) >= hasCpus
  const step = Number(flags['config.hotPlugMemoryIncrementSize'] ?? 1)
  const limit = Number(flags['config.hotPlugMemoryLimit'] ?? Number.POSITIVE_INFINITY)
  const fits = memory >= hasMemory && (step <= 0 || (memory - hasMemory) % step === 0) && memory <= limit
  const memoryCan = runs && flags['config.memoryHotAddEnabled'] === true && fits
  const needing: Needing[] = []
  if (cpus !== undefined && cpus !== hasCpus && !cpusCan) needing.push('cpus')
  if (memory !== hasMemory && !memoryCan) needing.push('memoryBytes')
  return needing
}
