import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { createTicketSession, type PasswordCredentials } from './auth-ticket.js'
import { ProxmoxError } from './error.js'
import type { NativeRequest, NativeResponse, Sender } from './sender.js'
import type { Session } from './session.js'

const minute = 60_000

/** The login endpoint with the platform's rules: one password, tickets renew themselves, a second factor if wanted. */
function createEndpoint(options: { password?: string; code?: string } = {}) {
  const endpoint = {
    password: options.password ?? 'correct horse',
    now: 0,
    down: false,
    logins: [] as URLSearchParams[],
    tickets: new Map<string, number>(),
    delay: Promise.resolve(),
    session(credentials: Partial<PasswordCredentials> = {}): Session {
      const sender: Sender = { host: 'pve1:8006', send: answer, close: () => Promise.resolve() }
      return createTicketSession(
        { username: 'root@pam', password: 'correct horse', ...credentials },
        { sender, now: () => endpoint.now },
      )
    },
  }

  async function answer(request: NativeRequest): Promise<NativeResponse> {
    expect(request).toMatchObject({ method: 'POST', path: '/api2/json/access/ticket' })
    const form = new URLSearchParams(String(request.body))
    endpoint.logins.push(form)
    await endpoint.delay
    if (endpoint.down)
      throw new ProxmoxError({ kind: 'unreachable', message: 'down', outcome: 'not-started', retryable: true })
    const given = form.get('password') ?? ''
    const renewed = endpoint.tickets.get(given)
    if (form.has('tfa-challenge')) return given === `totp:${options.code}` ? reply(issue()) : refused()
    if (renewed !== undefined && endpoint.now - renewed < 120 * minute) return reply(issue())
    if (given !== endpoint.password) return refused()
    if (options.code === undefined) return reply(issue())
    return reply({
      NeedTFA: 1,
      ticket: `PVE:!tfa!${encodeURIComponent('{"totp":true}')}:1::s`,
      CSRFPreventionToken: 'x',
      username: 'root@pam',
    })
  }

  function issue(): object {
    const ticket = `PVE:root@pam:${endpoint.tickets.size + 1}::sig+/=`
    endpoint.tickets.set(ticket, endpoint.now)
    return { ticket, CSRFPreventionToken: `csrf-${endpoint.tickets.size}`, username: 'root@pam', cap: {} }
  }
  return endpoint
}

function reply(body: object): NativeResponse {
  return response(200, 'OK', JSON.stringify({ data: body }))
}

function refused(): NativeResponse {
  return response(401, 'authentication failure', '{"data":null,"message":"authentication failure\\n"}')
}

function response(status: number, statusText: string, text: string): NativeResponse {
  return { status, statusText, contentType: undefined, text: async () => text, stream: () => [] as never } // not streamed here
}

async function failureOf(work: unknown): Promise<ProxmoxError> {
  return (await Promise.resolve(work).then(
    () => undefined,
    (error: unknown) => error,
  )) as ProxmoxError // asserted by its use
}

describe('createTicketSession', () => {
  afterEach(() => {
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it('logs in once for all first calls; the CSRF token goes with writes only', async () => {
    const endpoint = createEndpoint()
    const session = endpoint.session()
    const [first, second] = await Promise.all([session.authorize(), session.authorize()])
    expect(first).toBe(second)
    expect(endpoint.logins).toHaveLength(1)
    const cookie = `PVEAuthCookie=${encodeURIComponent('PVE:root@pam:1::sig+/=')}`
    expect(first?.readHeaders).toEqual({ authorization: cookie })
    expect(first?.writeHeaders).toEqual({ authorization: cookie, csrfpreventiontoken: 'csrf-1' })
  })

  it('renews with the ticket between 60 and 90 minutes, and not before', async () => {
    const endpoint = createEndpoint()
    const session = endpoint.session()
    await session.authorize()
    endpoint.now = 60 * minute
    expect((await session.authorize()).version).toBe(1)
    endpoint.now = 90 * minute
    const renewed = await Promise.all([session.authorize(), session.authorize(), session.authorize()])
    expect(renewed.map(({ version }) => version)).toEqual([2, 2, 2])
    expect(endpoint.logins.map((form) => form.get('password'))).toEqual(['correct horse', 'PVE:root@pam:1::sig+/='])
  })

  it('signs in by password when the ticket has been dead for long', async () => {
    const endpoint = createEndpoint()
    const session = endpoint.session()
    await session.authorize()
    endpoint.now = 10 * 60 * minute
    await session.authorize()
    expect(endpoint.logins.map((form) => form.get('password'))).toEqual(['correct horse', 'correct horse'])
  })

  it('goes on with a valid ticket when the renewal does not get through, and tries again later', async () => {
    const endpoint = createEndpoint()
    const session = endpoint.session()
    await session.authorize()
    endpoint.now = 80 * minute
    endpoint.down = true
    expect((await session.authorize()).version).toBe(1)
    expect((await session.authorize()).version).toBe(1)
    expect(endpoint.logins).toHaveLength(2)
    endpoint.down = false
    endpoint.now = 82 * minute
    expect((await session.authorize()).version).toBe(2)
  })

  it('signs in anew once when the platform has forgotten the ticket, however many calls were refused', async () => {
    const endpoint = createEndpoint()
    const session = endpoint.session()
    const used = await session.authorize()
    const renewed = await Promise.all([
      session.refused(used, 'Authentication failed!'),
      session.refused(used, 'No ticket'),
      session.refused(used, ''),
    ])
    expect(renewed).toEqual([true, true, true])
    expect(endpoint.logins).toHaveLength(2)
    // A straggler with the old ticket learns that there is a new one.
    expect(await session.refused(used, 'Authentication failed!')).toBe(true)
    expect(endpoint.logins).toHaveLength(2)
  })

  it('does not log in again and again at an endpoint that refuses every ticket', async () => {
    const endpoint = createEndpoint()
    const session = endpoint.session()
    await session.refused(await session.authorize(), 'Authentication failed!')
    expect(await session.refused(await session.authorize(), 'Authentication failed!')).toBe(false)
    expect(await session.refused(await session.authorize(), 'Authentication failed!')).toBe(false)
    expect(endpoint.logins).toHaveLength(2)
  })

  it.each([['Permission denied - invalid csrf token'], ['authentication failure'], ['something else']])(
    'never signs in anew after %j',
    async (reason) => {
      const endpoint = createEndpoint()
      const session = endpoint.session()
      expect(await session.refused(await session.authorize(), reason)).toBe(false)
      expect(endpoint.logins).toHaveLength(1)
    },
  )

  it('sends a refused password once, for all calls', async () => {
    const endpoint = createEndpoint({ password: 'another' })
    const session = endpoint.session()
    const failures = await Promise.all([failureOf(session.authorize()), failureOf(session.authorize())])
    failures.push(await failureOf(session.authorize()))
    for (const failure of failures) {
      expect(failure).toMatchObject({ kind: 'unauthenticated', outcome: 'not-started', retryable: false })
      expect(inspect(failure) + JSON.stringify(failure)).not.toContain('correct horse')
    }
    expect(endpoint.logins).toHaveLength(1)
  })

  it('asks a function again after a refusal and logs in only if the password changed', async () => {
    const endpoint = createEndpoint({ password: 'new' })
    let password = 'old'
    const session = endpoint.session({ password: () => password })
    await failureOf(session.authorize())
    await failureOf(session.authorize())
    expect(endpoint.logins).toHaveLength(1)
    password = 'new'
    expect((await session.authorize()).version).toBe(1)
    expect(endpoint.logins).toHaveLength(2)
  })

  it('tries again after a login that did not get through', async () => {
    const endpoint = createEndpoint()
    const session = endpoint.session()
    endpoint.down = true
    expect((await failureOf(session.authorize())).kind).toBe('unreachable')
    endpoint.down = false
    expect((await session.authorize()).version).toBe(1)
  })

  it('answers a challenge with the whole first ticket and no otp field', async () => {
    const endpoint = createEndpoint({ code: '123456' })
    await endpoint.session({ otp: ({ factors }) => (factors.includes('totp') ? '123456' : '') }).authorize()
    const [, second] = endpoint.logins
    expect([...(second?.keys() ?? [])].sort()).toEqual(['password', 'tfa-challenge', 'username'])
    expect(second?.get('tfa-challenge')).toMatch(/^PVE:!tfa!/)
    expect(second?.get('password')).toBe('totp:123456')
  })

  it('says that a second factor is wanted, once and without the ticket', async () => {
    const endpoint = createEndpoint({ code: '123456' })
    const failure = await failureOf(endpoint.session().authorize())
    expect(failure).toMatchObject({ kind: 'tfa-required', factors: ['totp'] })
    expect(inspect(failure)).not.toContain('!tfa!')
    expect(endpoint.logins).toHaveLength(1)
  })

  it('renews without a code, but does not use a fixed code twice', async () => {
    const endpoint = createEndpoint({ code: '123456' })
    const session = endpoint.session({ otp: '123456' })
    const first = await session.authorize()
    endpoint.now = 80 * minute
    const renewed = await session.authorize()
    expect(renewed.version).toBe(first.version + 1)
    const failure = await failureOf(session.refused(renewed, 'Authentication failed!'))
    expect(failure.kind).toBe('tfa-required')
    expect(endpoint.logins).toHaveLength(3)
  })

  it('takes a wrong code for a refused login', async () => {
    const endpoint = createEndpoint({ code: '123456' })
    const session = endpoint.session({ otp: '000000' })
    const failure = await failureOf(session.authorize())
    expect(failure.kind).toBe('unauthenticated')
    expect(inspect(failure)).not.toContain('000000')
    await failureOf(session.authorize())
    expect(endpoint.logins).toHaveLength(2)
  })
})
