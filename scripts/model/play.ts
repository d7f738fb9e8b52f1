import {
  type Advance,
  type ErrorJson,
  type HypervisorPort,
  memoryOperationStore,
  type Operation,
  type OperationHandle,
  type OperationStore,
  type Result,
  type VmInfo,
} from '@dcm/core'
import { Broken, judgeAll, judgeEnd, type Ledger, type Work } from './ledger.js'
import type { Stage, Wish } from './stage.js'
import { type Act, actors, type Creation, type Death, type Story, tell } from './story.js'

/** Plays a story to its end: everything under way is finished and cleaned up, then all is judged. Throws `Broken`. */
export async function play(story: Story, stage: Stage, lines: string[] = []): Promise<void> {
  const ports = await Promise.all(actors.map(() => stage.connect()))
  const theatre = new Theatre(stage, ports, lines)
  for (const act of story) {
    lines.push(tell(act))
    await theatre.perform(act)
  }
  lines.push('everything is finished')
  await theatre.finish()
}

const mostAdvances = 400

/** Waits for all, also when one is broken: nothing of a story goes on when it has ended. */
async function settledAll(runs: readonly Promise<unknown>[]): Promise<void> {
  for (const run of await Promise.allSettled(runs)) if (run.status === 'rejected') throw run.reason
}

class Theatre {
  readonly #stage: Stage
  readonly #ports: readonly HypervisorPort[]
  readonly #lines: string[]
  readonly #ledger: Ledger = { works: [], known: [], replaced: new Set() }
  readonly #store: OperationStore = memoryOperationStore()
  #together = false

  constructor(stage: Stage, ports: readonly HypervisorPort[], lines: string[]) {
    this.#stage = stage
    this.#ports = ports
    this.#lines = lines
  }

  async perform(act: Act): Promise<void> {
    switch (act.does) {
      case 'create':
        return this.#create(act)
      case 'create-both':
        await this.#atOnce(() => [this.#create(act.first), this.#create(act.second)])
        return
      case 'delete':
      case 'start':
      case 'stop': {
        const target = this.#pick(this.#ledger.known, act.vm)
        if (!target) return
        const kind = act.does === 'delete' ? 'deleteVm' : act.does === 'start' ? 'startVm' : 'stopVm'
        const work = this.#begin(kind, act.actor, { target })
        const options = { store: this.#mortal(work, act.death) }
        const port = this.#port(work)
        return this.#started<'deleteVm' | 'startVm' | 'stopVm'>(work, async () =>
          act.does === 'delete'
            ? port.deleteVm(target, { ...options, force: act.force })
            : act.does === 'start'
              ? port.startVm(target, options)
              : port.stopVm(target, { ...options, mode: 'hard' }),
        )
      }
      case 'advance': {
        const work = this.#running(act.operation)
        if (work) await this.#advance(work, act.steps, this.#mortal(work, act.death))
        return
      }
      case 'advance-twice': {
        const work = this.#running(act.operation)
        if (work) await this.#advanceTwice(work, act.steps, act.lag)
        return
      }
      case 'advance-both': {
        const [one, other] = [this.#running(act.operation), this.#running(act.other)]
        if (!one || !other || one === other) return
        await this.#atOnce(() =>
          [one, other].map((work) => this.#advance(work, act.steps, this.#mortal(work, undefined))),
        )
        return
      }
      case 'cancel':
        return this.#cancel(act.operation)
      case 'clean-up': {
        const work = this.#pick(this.#ledger.works, act.operation)
        if (work) this.#cleanUp(work)
        return
      }
      case 'replace': {
        const ref = this.#pick(this.#ledger.known, act.vm)
        const before = this.#stage.machines().find(({ id }) => id === ref?.id)
        if (!before) return
        if (!(await this.#stage.replace(before.id))) return
        this.#ledger.replaced.add(before.incarnation)
        const after = this.#stage.machines().find(({ id }) => id === before.id)
        if (after)
          this.#ledger.known.push({ endpoint: 'stage', id: after.id, incarnation: `stranger:${after.incarnation}` })
        return
      }
      case 'mishap':
        this.#stage.mishap(act.what, act.after)
        return
      case 'pass':
        return this.#stage.pass(act.seconds * 1000)
    }
  }

  #create({ actor, key, wish: number, powerOn, death }: Creation): Promise<void> {
    const wish: Wish = { name: `vm-of-key-${key}`, cpus: number + 1, powerOn }
    const work = this.#begin('createVm', actor, { wish })
    const options = { idempotencyKey: `key-${key}`, store: this.#mortal(work, death) }
    return this.#started(work, () => this.#port(work).createVm(this.#stage.spec(wish), options))
  }

  /** Nobody can tell whose changes are counted meanwhile. */
  async #atOnce(begin: () => readonly Promise<unknown>[]): Promise<void> {
    this.#together = true
    try {
      await settledAll(begin())
    } finally {
      this.#together = false
    }
  }

  /** Without further mishaps everything comes to its end, also what a failure left. */
  async finish(): Promise<void> {
    this.#stage.heal()
    const { works } = this.#ledger
    for (const work of works) await this.#toTheEnd(work)
    judgeAll(this.#ledger, this.#stage)
    for (const work of [...works]) {
      const cleanUp = this.#cleanUp(work)
      if (cleanUp) await this.#toTheEnd(cleanUp)
    }
    judgeAll(this.#ledger, this.#stage)
  }

  #port(work: Work): HypervisorPort {
    const port = this.#ports[work.actor]
    if (!port) throw new RangeError('no such actor')
    return port
  }

  #pick<T>(things: readonly T[], number: number): T | undefined {
    return things[number % Math.max(1, things.length)]
  }

  #running(number: number): Work | undefined {
    return this.#pick(
      this.#ledger.works.filter(({ told, handle }) => told === 'running' && handle),
      number,
    )
  }

  #begin(kind: Work['kind'], actor: number, more: Pick<Work, 'wish' | 'target' | 'handle'>): Work {
    const work: Work = { number: this.#ledger.works.length, kind, actor, told: 'running', changes: 0, ...more }
    this.#ledger.works.push(work)
    return work
  }

  /** A store that a process dies at. What it stored is what a successor has. */
  #mortal(work: Work, death: Death | undefined): OperationStore {
    let checkpoints = 0
    return {
      load: (id) => this.#store.load(id),
      save: async (handle) => {
        checkpoints += 1
        const dies = death?.checkpoint === checkpoints
        if (dies && !death?.stored) throw new Error('dead')
        if (!(await this.#store.save(handle))) return false
        this.#keep(work, handle)
        if (dies) throw new Error('dead')
        return true
      },
    }
  }

  #keep(work: Work, handle: OperationHandle): void {
    const text = JSON.stringify(handle)
    if (Buffer.byteLength(text) > 4096) throw new Broken(`the handle of operation ${work.number} is too long`)
    work.handle = JSON.parse(text) as OperationHandle
  }

  async #started<K extends 'createVm' | 'deleteVm' | 'startVm' | 'stopVm'>(
    work: Work,
    start: () => Promise<Result<Operation<K>>>,
  ): Promise<void> {
    const started = await this.#counted(work, start)
    if (started.ok) this.#keep(work, started.value.handle)
    // Refused before anything was written down, or dead before: there is nothing to go on with.
    else if (!work.handle) this.#ended(work, undefined, started.error.toJSON())
    this.#say(work, started.ok ? 'goes on' : `${started.error.code}: ${started.error.message}`)
  }

  async #counted<T>(work: Work, run: () => Promise<T>): Promise<T> {
    const before = this.#stage.changes()
    if (this.#together || this.#stage.worksOnItsOwn === true) work.mixed = true
    try {
      return await run()
    } finally {
      work.changes += this.#stage.changes() - before
    }
  }

  /** One step; false when it cannot go on now. */
  async #step(
    work: Work,
    handle: OperationHandle,
    store: OperationStore,
    port: HypervisorPort = this.#port(work),
  ): Promise<Result<Advance>> {
    const advanced = await this.#counted(work, () => port.advanceOperation(handle, { store }))
    if (!advanced.ok) {
      if (/nobody foresaw/.test(advanced.error.message))
        throw new Broken(`operation ${work.number}: ${advanced.error.message} ${String(advanced.error.cause)}`)
      return advanced
    }
    if (advanced.value.handle.fraction < handle.fraction) {
      throw new Broken(`the progress of operation ${work.number} falls`)
    }
    await this.#stage.pass(advanced.value.retryAfterMs ?? 0)
    return advanced
  }

  async #advance(work: Work, steps: number, store: OperationStore): Promise<Result<Advance> | undefined> {
    let last: Result<Advance> | undefined
    for (let step = 0; step < steps && work.told === 'running' && work.handle; step += 1) {
      last = await this.#step(work, work.handle, store)
      if (!last.ok) {
        const { error } = last
        this.#say(work, `stops: ${error.code}: ${error.message}`)
        // It has succeeded, and what it made or changed was removed before anybody could read it.
        if (work.handle.phase === 'ended' && ['NOT_FOUND', 'CONFLICT'].includes(error.code)) {
          work.told = 'succeeded'
          work.endedAt = this.#ledger.works.length
        }
        return last
      }
      this.#note(work, last.value)
    }
    return last
  }

  #note(work: Work, advance: Advance): void {
    if (work.told !== 'running') return
    this.#keep(work, advance.handle)
    if (advance.status === 'succeeded') this.#ended(work, advance.value, undefined)
    if (advance.status === 'failed') this.#ended(work, undefined, advance.error)
  }

  /** Two processes with one store and connections of their own, the second some turns of the event loop behind. */
  async #advanceTwice(work: Work, steps: number, lag: number): Promise<void> {
    const runner = async (port: HypervisorPort, turns: number): Promise<void> => {
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      let handle = work.handle
      for (let step = 0; step < steps && work.told === 'running' && handle; step += 1) {
        const advanced = await this.#step(work, handle, this.#mortal(work, undefined), port)
        if (advanced.ok) {
          handle = advanced.value.handle
          if (advanced.value.status !== 'running') this.#note(work, advanced.value)
        } else handle = (await this.#store.load(handle.id)) ?? handle
      }
    }
    const second = this.#pick(this.#ports, work.actor + 1) ?? this.#port(work)
    await settledAll([runner(this.#port(work), 0), runner(second, lag)])
    if (work.handle && work.told === 'running') {
      work.handle = (await this.#store.load(work.handle.id)) ?? work.handle
    }
  }

  async #cancel(number: number): Promise<void> {
    const work = this.#running(number)
    if (!work?.handle) return
    const store = this.#mortal(work, undefined)
    const resumed = await this.#port(work).resumeOperation(work.handle, { store })
    if (!resumed.ok) throw new Broken(`operation ${work.number} cannot be resumed: ${resumed.error.message}`)
    const answer = await this.#counted(work, () => resumed.value.cancel({ timeoutMs: 20_000 }))
    const { handle } = resumed.value
    this.#keep(work, handle)
    this.#say(work, answer.ok ? answer.value : `${answer.error.code}: ${answer.error.message}`)
    if (!answer.ok || handle.phase !== 'ended') return
    if (answer.value === 'cancelled' && handle.outcome !== 'failed')
      throw new Broken(`operation ${work.number} was not cancelled`)
    await this.#advance(work, 1, store)
  }

  #cleanUp(work: Work): Work | undefined {
    const { error } = work
    if (work.cleaned || error?.code !== 'PARTIAL' || !('cleanUp' in error.details)) return undefined
    work.cleaned = true
    return this.#begin('cleanUp', work.actor, { handle: error.details.cleanUp as OperationHandle })
  }

  async #toTheEnd(work: Work): Promise<void> {
    if (!work.handle) return
    const store = this.#mortal(work, undefined)
    for (let step = 0; step < mostAdvances; step += 1) {
      if (work.told !== 'running') return
      await this.#advance(work, 1, store)
    }
    throw new Broken(`operation ${work.number} (${work.kind}) does not end: ${JSON.stringify(work.handle.cursor)}`)
  }

  #ended(work: Work, value: Advance['value'], error: ErrorJson | undefined): void {
    work.told = error ? 'failed' : 'succeeded'
    work.endedAt = this.#ledger.works.length
    if (error) work.error = error
    // A creation gives a VM.
    const made = work.kind === 'createVm' ? (value as VmInfo | undefined)?.ref : undefined
    if (made) {
      work.made = made
      if (!this.#ledger.known.some(({ incarnation }) => incarnation === made.incarnation)) this.#ledger.known.push(made)
    }
    this.#say(work, error ? `failed: ${error.code}: ${error.message}` : 'succeeded')
    judgeEnd(this.#ledger, this.#stage, work, made, error)
  }

  #say(work: Work, what: string): void {
    this.#lines.push(`  operation ${work.number} (${work.kind}) ${what}`)
  }
}
