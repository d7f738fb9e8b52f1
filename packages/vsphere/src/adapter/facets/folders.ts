import type { DeleteReport } from '@dcm/core'
import {
  type AdapterFacetOf,
  collectProblems,
  type Folder,
  HypervisorError,
  type OperationDefinition,
  type OperationInputs,
  type Reference,
  type ReferenceCandidate,
  resolveReference,
  type Step,
} from '@dcm/core'
import { isFault } from '../../client/error.js'
import { reference } from '../../client/reference.js'
import { findChild } from '../locate.js'
import { decodeName, encodeName } from '../map-names.js'
import type { Platform } from '../platform.js'
import { vmOf } from '../power/power-state.js'
import { pollTask, started } from '../task-step.js'
import { readPlanned } from './planned-vm.js'
import { infoResult, vmTask } from './vm-task.js'

/** A folder that can hold VMs, and where it lies. */
interface Known extends ReferenceCandidate {
  readonly parent: string | undefined
}

type CreateInput = OperationInputs['folders.create']
type DeleteInput = OperationInputs['folders.delete']
type FolderState = { folder: string; parent: string; absent: boolean }

/** How long a move may take to begin: its task is the folder's, and the VM does not tell of it. */
const queuedMs = 5_000

/** Folders of VMs. Those at the top are the datacenters' own (`vm`). */
export function foldersFacet(platform: Platform): AdapterFacetOf<'folders'> {
  return {
    async list(_input, { signal }) {
      const observedAt = new Date().toISOString()
      const items = (await readFolders(platform, signal)).map(mapFolder)
      return { items, problems: [], complete: true, observedAt, source: 'live' }
    },
    create: createFolder(platform),
    move: vmTask(platform, {
      async plan(row, { folder }, signal) {
        const target = requireFolder(await readFolders(platform, signal), folder, 'folder')
        return { folder: target.id, settled: row.parent?.value === target.id }
      },
      async send({ state, signal }) {
        const folder = reference('Folder', state.folder ?? '')
        const row = await readPlanned(platform, state, signal)
        if (row.parent?.value === folder.value) return undefined
        return platform.api.call(folder, 'MoveIntoFolder_Task', { list: [vmOf(state)] }, { signal })
      },
      lost: {
        task: 'Folder.moveInto',
        canBeWrong: 'a move that waits in the queue of a busy server for longer than ours is waited for is sent again',
        async find({ state, signal, now, begunAt }) {
          const row = await readPlanned(platform, state, signal)
          if (row.parent?.value === state.folder) return { found: 'mine' }
          return now() - begunAt < queuedMs ? { found: 'undecided', retryAfterMs: 200 } : { found: 'absent' }
        },
      },
      result: infoResult(platform),
    }),
    delete: deleteFolder(platform),
  }
}

function createFolder(platform: Platform): OperationDefinition<CreateInput, FolderState, Folder> {
  return {
    steps: [
      {
        name: 'plan',
        repeat: 'read',
        async begin({ input: { name, parent: wanted }, signal }) {
          const all = await readFolders(platform, signal)
          const parent = wanted === undefined ? onlyTop(all) : requireFolder(all, wanted, 'parent').id
          if ((await findChild(platform, parent, encodeName(name), signal)) !== undefined) throw taken(name)
          return { done: true, state: { parent } }
        },
      },
      {
        name: 'make',
        repeat: 'once',
        async begin({ input: { name }, state, signal }) {
          const parent = reference('Folder', state.parent ?? '')
          try {
            const made = await platform.api.call(parent, 'CreateFolder', { name: encodeName(name) }, { signal })
            return { done: true, state: { folder: made.value } }
          } catch (error) {
            if (isFault(error, 'DuplicateName')) throw taken(name)
            throw error
          }
        },
        findCanBeWrong: 'somebody else made a folder of this name after our plan: it is taken for ours, weakly',
        async find({ input: { name }, state, signal }) {
          const child = await findChild(platform, state.parent ?? '', encodeName(name), signal)
          if (child === undefined) return { found: 'absent' }
          if (child.type !== 'Folder') return { found: 'foreign', reason: taken(name).message }
          return { found: 'mine', weak: true, state: { folder: child.value } }
        },
        undo: [destroyFolderStep(platform)],
        leftovers: ({ input, state }) => [{ kind: 'folder', id: state.folder ?? '', name: input.name }],
      },
    ],
    async result({ state, signal }) {
      const made = (await readFolders(platform, signal)).find(({ id }) => id === state.folder)
      if (made !== undefined) return mapFolder(made)
      throw new HypervisorError('NOT_FOUND', `the folder ${state.folder} was removed meanwhile`)
    },
  }
}

function deleteFolder(platform: Platform): OperationDefinition<DeleteInput, FolderState, DeleteReport> {
  return {
    steps: [
      {
        name: 'plan',
        repeat: 'read',
        async begin({ input, signal }) {
          const all = await readFolders(platform, signal)
          const found = findFolder(all, input.folder)
          if (found === undefined) return { done: true, state: { absent: true } }
          if (found.parent === undefined) {
            throw new HypervisorError('FAILED_PRECONDITION', `folder ${found.id} is its datacenter's own, and stays`, {
              details: { reason: 'top-folder' },
            })
          }
          await isEmpty(platform, found.id, signal)
          return { done: true, state: { folder: found.id, absent: false } }
        },
      },
      destroyFolderStep(platform),
    ],
    result: async ({ state }) => ({ removed: state.folder === undefined ? [] : [state.folder], left: [] }),
  }
}

/**
 * UnregisterAndDestroy_Task of an empty folder, looked at right before. Destroy_Task would take with it what somebody files
 * there in between, disks and all; this one leaves the files of a VM, which can be registered again.
 */
function destroyFolderStep<Input>(platform: Platform): Step<Input, FolderState> {
  return {
    name: 'destroy',
    repeat: 'safe',
    times: ({ state }) => (state.folder === undefined ? 0 : 1),
    async begin({ state, signal }) {
      const { folder = '' } = state
      if (!(await isEmpty(platform, folder, signal))) return { done: true }
      try {
        const ref = reference('Folder', folder)
        return started(await platform.api.call(ref, 'UnregisterAndDestroy_Task', undefined, { signal }))
      } catch (error) {
        if (isFault(error, 'ManagedObjectNotFound')) return { done: true }
        throw error
      }
    },
    poll: (context, task) =>
      pollTask(platform, context, task, {
        failed: (error) => (isFault(error, 'ManagedObjectNotFound') ? { done: true } : undefined),
      }),
  }
}

/** False when it is gone; FAILED_PRECONDITION while anything lies in it. */
async function isEmpty(platform: Platform, folder: string, signal: AbortSignal): Promise<boolean> {
  for await (const { childEntity } of platform.api.readMany([reference('Folder', folder)], 'Folder', ['childEntity'], {
    signal,
  })) {
    const count = childEntity?.length ?? 0 // a server may leave an empty list out
    if (count === 0) return true
    const message = `${count} things lie in folder ${folder}: move them elsewhere first`
    throw new HypervisorError('FAILED_PRECONDITION', message, { resource: folder, details: { reason: 'not-empty' } })
  }
  return false
}

/** All folders that can hold VMs, parents before their children. Two calls. */
async function readFolders(platform: Platform, signal: AbortSignal): Promise<readonly Known[]> {
  const options = { pageSize: 1_000, signal } as const
  const children = new Map<string, Known[]>()
  for await (const row of platform.api.retrieve('Folder', ['name', 'parent', 'childType'], options)) {
    if (row.ref.type !== 'Folder' || !row.childType.includes('VirtualMachine')) continue
    const parent = row.parent?.type === 'Folder' ? row.parent.value : undefined
    const known: Known = { id: row.ref.value, name: decodeName(row.name), within: [], parent }
    children.set(parent ?? '', [...(children.get(parent ?? '') ?? []), { ...known, within: parent ? [parent] : [] }])
  }
  const sorted: Known[] = []
  const walk = (parent: string, within: readonly string[]): void => {
    for (const one of children.get(parent) ?? []) {
      sorted.push({ ...one, within })
      walk(one.id, [one.id, ...within])
    }
  }
  walk('', [])
  return sorted
}

function mapFolder({ id, name, parent }: Known): Folder {
  return { id, name, ...(parent !== undefined && { parent }) }
}

function onlyTop(all: readonly Known[]): string {
  const tops = all.filter(({ parent }) => parent === undefined)
  const [only, other] = tops
  if (only !== undefined && other === undefined) return only.id
  const problems = collectProblems()
  problems.invalid('parent', `is needed: there are the VM folders ${tops.map(({ id }) => id).join(', ')}`)
  problems.throwIfAny('the input of folders.create')
  throw new TypeError('unreachable: a problem was collected')
}

function requireFolder(all: readonly Known[], wanted: Reference, path: string): Known {
  const problems = collectProblems()
  const found = resolveReference(wanted, all, { path, kind: 'folder', containers: all }, problems)
  problems.throwIfAny('the input')
  if (found === undefined) throw new TypeError('unreachable: a problem was collected')
  return found
}

/** Undefined when there is none; AMBIGUOUS when a name fits several. */
function findFolder(all: readonly Known[], wanted: Reference): Known | undefined {
  const isMeant = ({ id, name }: Known): boolean => ('id' in wanted ? id === wanted.id : name === wanted.name)
  return all.some(isMeant) ? requireFolder(all, wanted, 'folder') : undefined
}

function taken(name: string): HypervisorError {
  return new HypervisorError('ALREADY_EXISTS', `'${name}' stands in that folder already: choose another name`, {
    details: { reason: 'name' },
  })
}
