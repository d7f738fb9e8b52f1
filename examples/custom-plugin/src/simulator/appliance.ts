import { type PebbleFaults, strikes } from './faults.js'

/** A refusal, as the appliance puts it into its answer. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, text: string) {
    super(text)
    this.status = status
    this.code = code
  }
}

export interface SimulatedVm {
  readonly id: string
  readonly name: string
  state: string
  readonly cpus: number
  readonly memoryMib: number
  readonly diskMib: number
  readonly net: string
  readonly notes: string
  readonly autostart: boolean
  boots: number
}

interface SimulatedTask {
  readonly id: string
  state: 'running' | 'done' | 'failed'
  readonly startedAt: number
  error?: string
}

const templates = [
  { id: 't-1', name: 'debian', cpus: 1, memoryMib: 1024, diskMib: 8192 },
  { id: 't-2', name: 'twins', cpus: 1, memoryMib: 512, diskMib: 1024 },
  { id: 't-3', name: 'twins', cpus: 1, memoryMib: 512, diskMib: 1024 },
]
const nets = [
  { id: 'net-1', name: 'office' },
  { id: 'net-2', name: 'lab' },
]

type NewVm = Omit<SimulatedVm, 'id' | 'state' | 'boots'> & { readonly template: string }

/** Long work that was begun. */
interface Begun {
  readonly task: string
}

/** The appliance without its HTTP: what it holds, and the rules by which that changes. Its calls throw Refusals. */
export interface PebbleAppliance {
  /** For harnesses, which look and change things past the API. */
  readonly vms: Map<string, SimulatedVm>
  readonly tasks: Map<string, SimulatedTask>
  about(): object
  inventory(): object
  list(): SimulatedVm[]
  get(id: string): SimulatedVm
  create(wanted: NewVm): Begun & { readonly id: string }
  power(id: string, action: string): Begun
  remove(id: string): Begun
  task(id: string): object
  close(): void
}

export function createAppliance(faults: PebbleFaults, timing: { taskMs: number }): PebbleAppliance {
  const vms = new Map<string, SimulatedVm>()
  const tasks = new Map<string, SimulatedTask>()
  const timers = new Set<NodeJS.Timeout>()
  const serial = crypto.randomUUID()
  let lastId = 0

  function later(work: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer)
      work()
    }, timing.taskMs)
    timers.add(timer)
  }

  /** Starts long work: `done` when it ends well, `failed` when a fault strikes. */
  function run(done: () => void, failed: () => void = () => {}): Begun {
    const task: SimulatedTask = { id: `task-${crypto.randomUUID()}`, state: 'running', startedAt: Date.now() }
    const error = strikes(faults.task) ? faults.task?.text : undefined
    tasks.set(task.id, task)
    later(() => {
      if (error === undefined) done()
      else failed()
      task.state = error === undefined ? 'done' : 'failed'
      if (error !== undefined) task.error = error
    })
    return { task: task.id }
  }

  function get(id: string): SimulatedVm {
    const vm = vms.get(id)
    if (!vm) throw new Refusal(404, 'no-such-vm', `there is no VM '${id}'`)
    return vm
  }

  function boot(vm: SimulatedVm) {
    vm.state = 'booting'
    vm.boots += 1
    return run(
      () => {
        if (vm.state === 'booting') vm.state = 'on'
      },
      () => {
        vm.state = 'off'
      },
    )
  }

  /** The guest obeys the button after a while, if it listens. */
  function press(vm: SimulatedVm, then: () => void) {
    if (vm.state === 'on' && !faults.deaf.has(vm.id)) {
      later(() => {
        if (vm.state !== 'on') return
        vm.state = 'off'
        then()
      })
    }
    return run(() => {})
  }

  const actions: Readonly<Record<string, (vm: SimulatedVm) => Begun>> = {
    on: (vm) => (vm.state === 'off' ? boot(vm) : run(() => {})),
    cut: (vm) =>
      run(() => {
        vm.state = 'off'
      }),
    cycle: boot,
    press: (vm) => press(vm, () => {}),
    'press-cycle': (vm) => press(vm, () => boot(vm)),
  }

  return {
    vms,
    tasks,
    about: () => ({ product: 'Pebble', version: '1.4', serial }),
    inventory() {
      const usedMib = [...vms.values()].reduce((sum, { diskMib }) => sum + diskMib, 0)
      const host = { name: 'pebble', cpus: 16, memoryMib: 65_536 }
      return { host, store: { name: 'flash', sizeMib: 4_194_304, usedMib }, nets, templates }
    },
    list: () => [...vms.values()],
    get,
    create({ template, ...rest }) {
      if (!templates.some(({ id }) => id === template)) throw new Refusal(400, 'bad-value', 'no such template')
      if (!nets.some(({ id }) => id === rest.net)) throw new Refusal(400, 'bad-value', 'no such net')
      if (faults.full) throw new Refusal(507, 'no-room', 'the store is full')
      // The claim: this check and the entry below are one turn of the event loop, so only one of two can win.
      if ([...vms.values()].some(({ name }) => name === rest.name))
        throw new Refusal(409, 'name-taken', 'the name is taken')
      lastId += 1
      const vm: SimulatedVm = { ...rest, id: `vm-${lastId}`, state: 'building', boots: 0 }
      vms.set(vm.id, vm)
      const settle = (state: string) => () => {
        vm.state = state
      }
      return { id: vm.id, ...run(settle('off'), settle('broken')) }
    },
    power(id, action) {
      const vm = get(id)
      const act = actions[action]
      if (!act) throw new Refusal(400, 'bad-value', `there is no action '${action}'`)
      if (!['off', 'booting', 'on'].includes(vm.state)) throw new Refusal(409, 'wrong-state', `it is ${vm.state}`)
      return act(vm)
    },
    remove(id) {
      const vm = get(id)
      if (faults.stuck) throw new Refusal(409, 'held', 'something holds it')
      if (!['off', 'broken'].includes(vm.state)) throw new Refusal(409, 'wrong-state', `it is ${vm.state}`)
      const before = vm.state
      vm.state = 'removing'
      const failed = () => {
        vm.state = before
      }
      return run(() => vms.delete(id), failed)
    },
    task(id) {
      const task = tasks.get(id)
      if (!task) throw new Refusal(404, 'no-such-task', `there is no task '${id}'`)
      const percent = Math.min(99, Math.round(((Date.now() - task.startedAt) / Math.max(1, timing.taskMs)) * 100))
      return { ...task, percent: task.state === 'running' ? percent : 100 }
    },
    close() {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
