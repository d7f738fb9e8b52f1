import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { failureOf, start, token } from '../../test/client-on-platform.js'
import { data, failure, type PlatformCall, rejection } from '../../test/loopback-platform.js'

/** Logs in whoever knows the password; `valid` is the ticket that other calls must show. */
function ticketPlatform(answer: (call: PlatformCall) => ReturnType<typeof data>) {
  const state = { issued: 0, valid: '', logins: 0 }
  return {
    state,
    answer(call: PlatformCall) {
      if (call.path === '/access/ticket' && call.method === 'POST') {
        state.logins += 1
        if (call.form.get('password') !== 'pass word;=&') return failure(401, 'authentication failure')
        state.issued += 1
        state.valid = `PVE:root@pam:${state.issued}::x+/=`
        return data({ ticket: state.valid, CSRFPreventionToken: `csrf${state.issued}`, username: 'root@pam', cap: {} })
      }
      const given = decodeURIComponent(/PVEAuthCookie=(.*)$/.exec(call.headers.authorization ?? '')?.[1] ?? '')
      if (given === '') return rejection(401, 'No ticket')
      if (given !== state.valid) return rejection(401, 'Authentication failed!')
      if (call.method !== 'GET' && call.headers.csrfpreventiontoken !== `csrf${state.issued}`) {
        return rejection(401, 'Permission denied - invalid csrf token')
      }
      return answer(call)
    },
  }
}

const password = { username: 'root@pam', password: 'pass word;=&' }

describe('signing in', () => {
  it('logs in at the first call and shows ticket and CSRF token', async () => {
    const { state, answer } = ticketPlatform(() => data(null))
    const { platform, pve } = await start(answer, { auth: password })
    await Promise.all([pve.request('GET /version'), pve.request('POST /pools', { poolid: 'a' })])
    expect(state.logins).toBe(1)
    expect(platform.calls).toHaveLength(3)
  })

  it('signs in anew once after the platform forgot the ticket, and sends writes again', async () => {
    const { state, answer } = ticketPlatform((call) => data(call.form.get('poolid')))
    const { pve } = await start(answer, { auth: password })
    await pve.request('GET /version')
    state.valid = 'forgotten'
    const answers = await Promise.all([
      pve.request('POST /pools', { poolid: 'a' }),
      pve.request('POST /pools', { poolid: 'b' }),
      pve.request('GET /version'),
    ])
    expect(answers).toEqual(['a', 'b', null])
    expect(state.logins).toBe(2)
  })

  it('tries a wrong password once, and shows it nowhere', async () => {
    const { state, answer } = ticketPlatform(() => data(null))
    const { platform, pve } = await start(answer, { auth: { username: 'root@pam', password: 'wr0ng-password' } })
    const failures = await Promise.all([1, 2, 3].map(() => failureOf(pve.request('GET /version'))))
    failures.push(await failureOf(pve.request('POST /pools', { poolid: 'a' })))
    expect(state.logins).toBe(1)
    expect(platform.calls).toHaveLength(1)
    for (const error of failures) {
      expect(error.kind).toBe('unauthenticated')
      expect(`${inspect(error, { depth: 9, showHidden: false })}${JSON.stringify(error)}${error.stack}`).not.toContain(
        'wr0ng',
      )
    }
  })

  it.each([
    ['a page', '<html>pw-echo</html>'],
    ['no ticket', '{"data":{"note":"pw-echo"}}'],
    ['a ticket without its CSRF token', '{"data":{"ticket":"PVE:pw-echo","username":"root@pam"}}'],
    ['null', '{"data":null}'],
  ])('calls %s in answer to a login a protocol error, and shows nothing of it', async (_name, body) => {
    const { platform, pve } = await start(() => ({ status: 200, body }), { auth: password })
    const error = await failureOf(pve.request('GET /version'))
    expect(error).toMatchObject({ kind: 'protocol', operation: 'POST /access/ticket' })
    expect(`${inspect(error)}${inspect(error.cause)}`).not.toContain('pw-echo')
    expect(platform.calls).toHaveLength(1)
  })

  it('goes on for others when one caller gives up', async () => {
    let release = (): void => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const { state, answer } = ticketPlatform(() => data(null))
    const { pve } = await start(
      async (call) => {
        if (call.path === '/access/ticket') await held
        return answer(call)
      },
      { auth: password },
    )
    const controller = new AbortController()
    const impatient = failureOf(pve.request('POST /pools', { poolid: 'a' }, { signal: controller.signal }))
    const patient = pve.request('GET /version')
    controller.abort()
    expect(await impatient).toMatchObject({ kind: 'aborted', outcome: 'not-started' })
    release()
    expect(await patient).toBeNull()
    expect(state.logins).toBe(1)
  })

  it('is told on a diagnostics channel, without secrets', async () => {
    const events: unknown[] = []
    const listen = (event: unknown): void => void events.push(event)
    subscribe('dcm.proxmox.login', listen)
    const { platform, pve } = await start(ticketPlatform(() => data(null)).answer, { auth: password })
    await pve.request('GET /version')
    unsubscribe('dcm.proxmox.login', listen)
    const host = new URL(platform.url).host
    expect(events).toEqual([{ host, username: 'root@pam', renewal: false, succeeded: true }])
  })

  it('takes a 401 on a token as final, with one request', async () => {
    const { platform, pve } = await start(() => rejection(401, 'Authentication failed!'))
    const error = await failureOf(pve.request('GET /version'))
    expect(error).toMatchObject({ kind: 'unauthenticated', status: 401, reason: 'Authentication failed!' })
    expect(platform.calls).toHaveLength(1)
    expect(inspect(error)).not.toContain(token.secret)
  })

  it('does not loop on a refused CSRF token', async () => {
    const { state, answer } = ticketPlatform(() => rejection(401, 'Permission denied - invalid csrf token'))
    const { pve } = await start(answer, { auth: password })
    expect((await failureOf(pve.request('POST /pools', { poolid: 'a' }))).reason).toBe(
      'Permission denied - invalid csrf token',
    )
    expect(state.logins).toBe(1)
  })

  it('hides passwords that the platform echoes', async () => {
    const { pve } = await start(() =>
      failure(400, 'Parameter verification failed.', { cipassword: 'bad: Tr0ub4dor&3' }),
    )
    const error = await failureOf(
      pve.request('PUT /nodes/{node}/qemu/{vmid}/config', { node: 'pve1', vmid: 100, cipassword: 'Tr0ub4dor&3' }),
    )
    expect(error.errors).toEqual({ cipassword: 'bad: ***' })
    expect(inspect(error)).not.toContain('Tr0ub4dor')
  })
})
