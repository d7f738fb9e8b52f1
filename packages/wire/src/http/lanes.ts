import type { Socket } from 'node:net'
import type { Client } from 'undici'
import { ConnectFailure } from './connect-failure.js'
import { type Connector, createConnector } from './connector.js'
import { connectChannel } from './events.js'
import type { Exchange } from './exchange.js'
import type { TransportSettings } from './settings.js'

/**
 * The connections of a transport. undici's Client carries one connection each; which of them takes a request is decided
 * here, so that sequential requests stay on one connection, waiting requests can be withdrawn without opening one, and
 * connections are given up before the server does.
 */
export class Lanes {
  private readonly settings: TransportSettings
  private readonly ClientClass: typeof Client
  private readonly connector: Connector
  private readonly onConnected: () => void
  private readonly lanes: Lane[] = []
  private readonly idle: Lane[] = []
  private waiting: Exchange[] = []
  /** Index of the first exchange in `waiting` that was not taken yet. */
  private next = 0

  constructor(settings: TransportSettings, ClientClass: typeof Client, onConnected: () => void) {
    this.settings = settings
    this.ClientClass = ClientClass
    this.connector = createConnector(settings)
    this.onConnected = onConnected
  }

  dispatch(exchange: Exchange): void {
    const lane = this.freeLane()
    if (lane) lane.run(exchange)
    else this.waiting.push(exchange)
  }

  /** Called by a lane whose exchange ended. */
  laneFree(lane: Lane): void {
    const exchange = this.takeWaiting()
    if (exchange === undefined) {
      this.idle.push(lane)
      return
    }
    // Not from within undici's parser, which calls us.
    queueMicrotask(() => lane.run(exchange))
  }

  async destroy(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.client.destroy()))
  }

  private freeLane(): Lane | undefined {
    const { idle } = this
    // The latest used first, so that the others may idle out; one that is still connected before all.
    for (let index = idle.length - 1; index >= 0; index -= 1) {
      if (idle[index]?.connected) return idle.splice(index, 1)[0]
    }
    const lane = idle.pop()
    if (lane !== undefined || this.lanes.length >= this.settings.maxConnections) return lane
    const created = new Lane(this, this.newClient(), this.settings.maxRequestsPerConnection)
    this.lanes.push(created)
    return created
  }

  private takeWaiting(): Exchange | undefined {
    while (this.next < this.waiting.length) {
      const exchange = this.waiting[this.next]
      this.next += 1
      if (this.next > 1_000) {
        this.waiting = this.waiting.slice(this.next)
        this.next = 0
      }
      if (exchange !== undefined && exchange.failure === undefined) return exchange
    }
    this.waiting = []
    this.next = 0
    return undefined
  }

  private newClient(): Client {
    const { settings } = this
    return new this.ClientClass(settings.origin, {
      connect: (_options, callback) => {
        this.open().then(
          (socket) => callback(null, socket),
          (error: Error) => callback(error, null),
        )
      },
      pipelining: 1,
      keepAliveTimeout: settings.idleTimeoutMs,
      // A server may ask for less than our limit, never for more.
      keepAliveMaxTimeout: settings.idleTimeoutMs,
      keepAliveTimeoutThreshold: 1_000,
      // Deadlines are ours: one timer a call covers every phase.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  }

  private async open(): Promise<Socket> {
    const start = performance.now()
    try {
      const { socket } = await this.connector()
      this.onConnected()
      if (connectChannel.hasSubscribers) this.publishConnect(start, undefined)
      return socket
    } catch (error) {
      if (connectChannel.hasSubscribers) this.publishConnect(start, error)
      throw error
    }
  }

  private publishConnect(start: number, error: unknown): void {
    const { host, proxy } = this.settings
    connectChannel.publish({
      host,
      ms: performance.now() - start,
      ...(proxy === undefined ? {} : { proxy: proxy.host }),
      ...(error instanceof ConnectFailure ? { kind: error.kind } : {}),
    })
  }
}

/** One connection after another, with at most one exchange at a time. */
export class Lane {
  readonly client: Client
  connected = false
  private readonly lanes: Lanes
  private readonly maxRequests: number
  /** Requests given to the present connection. */
  private used = 0

  constructor(lanes: Lanes, client: Client, maxRequests: number) {
    this.lanes = lanes
    this.client = client
    this.maxRequests = maxRequests
    client.on('connect', () => {
      this.connected = true
      this.used = 1 // undici connects for a request that waits already
    })
    client.on('disconnect', () => {
      this.connected = false
      this.used = 0
    })
  }

  run(exchange: Exchange): void {
    exchange.lane = this
    this.used += 1
    if (this.used >= this.maxRequests) {
      exchange.options.reset = true // the request says `Connection: close`
      this.used = 0
    }
    this.client.dispatch(exchange.options, exchange)
  }

  release(): void {
    this.lanes.laneFree(this)
  }
}
