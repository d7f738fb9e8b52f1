import { randomBytes } from 'node:crypto'
import { requireVm } from '../cluster/guest-config.js'
import { failure } from '../http/platform-error.js'
import { type Answer, type Call, forkTask, type Operation } from './operation.js'

const FIRST_PORT = 5900
const LAST_PORT = 5999

/** Offers a console for one connection within the platform's window; the task ends with it. */
function vncProxy(call: Call): Answer {
  const { world, node, parameters, caller } = call
  const vm = requireVm(world.cluster, node, parameters.integer('vmid'))
  const port = freePort(world.consoles)
  const password = randomBytes(6).toString('base64url')
  const secret = `PVEVNC:${world.clock.seconds().toString(16).toUpperCase()}::${randomBytes(64).toString('base64')}`
  const ticket = `${password}:${secret}`
  let accept: () => void = () => {}
  const connected = new Promise<void>((resolve) => {
    accept = resolve
  })
  world.consoles.set(port, { vmid: vm.vmid, ticket, accept })
  const upid = forkTask(call, 'vncproxy', String(vm.vmid), async (worker) => {
    worker.log(`starting vnc proxy ${worker.upid}`)
    const missed = world.clock.sleep(world.timing.consoleWindowMs).then(() => {
      throw failure('connection timed out')
    })
    try {
      await Promise.race([connected, missed])
    } finally {
      world.consoles.delete(port)
    }
  })
  return {
    data: {
      user: caller.identity,
      ticket,
      port: String(port),
      upid,
      cert: world.authorityPem,
      ...(parameters.isSet('generate-password') || parameters.isSet('websocket') ? { password } : {}),
    },
  }
}

function freePort(taken: ReadonlyMap<number, unknown>): number {
  for (let port = FIRST_PORT; port <= LAST_PORT; port += 1) if (!taken.has(port)) return port
  throw failure('unable to find free port (5900-5999)')
}

export const qemuConsoleOperations: readonly Operation[] = [
  { key: 'POST /nodes/{node}/qemu/{vmid}/vncproxy', run: vncProxy },
]
