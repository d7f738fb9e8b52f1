import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RawReply, rawRequest } from '../../test/raw-client.js'
import { sessionWith } from '../../test/simulator-session.js'
import { totpCode } from './access/totp.js'
import { type ProxmoxSimulator, startProxmoxSimulator } from './index.js'

const TOTP_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
const HOUR_MS = 3_600_000
let simulator: ProxmoxSimulator

beforeAll(async () => {
  simulator = await startProxmoxSimulator({
    speed: 1000,
    seed: {
      users: [
        { id: 'ann@pve', password: 'pw', tokens: [{ id: 'bare', secret: 's3cret' }] },
        { id: 'two@pve', password: 'pw', totpSecret: TOTP_SECRET, recoveryCodes: ['once'] },
      ],
      acl: [{ path: '/vms', role: 'PVEVMUser', subject: 'ann@pve' }],
    },
  })
})

afterAll(() => simulator?.close())

interface Session {
  readonly ticket: string
  readonly CSRFPreventionToken: string
  readonly cap?: Readonly<Record<string, unknown>>
  readonly NeedTFA?: number
}

function login(parameters: Readonly<Record<string, string>>): Promise<RawReply> {
  return rawRequest(simulator, 'POST', '/api2/json/access/ticket', {
    body: new URLSearchParams(parameters).toString(),
  })
}

async function sessionOf(username: string, password: string): Promise<Session> {
  return (await login({ username, password })).data as Session // the answer to a login
}

function read(ticket: string): Promise<RawReply> {
  return rawRequest(simulator, 'GET', '/api2/json/version', { headers: { authorization: `PVEAuthCookie=${ticket}` } })
}

describe('tickets', () => {
  it('work as cookie and as header, and die after two hours', async () => {
    const { ticket } = await sessionOf('ann@pve', 'pw')
    expect((await read(ticket)).status).toBe(200)
    simulator.clock.advance(2 * HOUR_MS)
    expect([await read(ticket)].map(({ status, reason }) => [status, reason])).toEqual([
      [401, 'Authentication failed!'],
    ])
  })

  it('are renewed with the old one as password, also late in their life', async () => {
    const { ticket } = await sessionOf('ann@pve', 'pw')
    simulator.clock.advance(1.9 * HOUR_MS)
    const renewed = await sessionOf('ann@pve', ticket)
    simulator.clock.advance(HOUR_MS)
    expect((await read(ticket)).status).toBe(401)
    expect((await read(renewed.ticket)).status).toBe(200)
  })

  it('of one user renew no other, but for those of root@pam', async () => {
    const { credentials } = simulator
    const ann = await sessionOf('ann@pve', 'pw')
    const root = await sessionOf(credentials.user, credentials.password)
    expect((await login({ username: credentials.user, password: ann.ticket })).status).toBe(401)
    expect((await login({ username: 'ann@pve', password: root.ticket })).status).toBe(200)
  })

  it('are worthless after the switch that expires them', async () => {
    const { ticket } = await sessionOf('ann@pve', 'pw')
    simulator.faults.expireTickets()
    expect((await read(ticket)).status).toBe(401)
  })

  it('show what their user may do', async () => {
    const { cap } = await sessionOf('ann@pve', 'pw')
    expect(cap?.vms).toMatchObject({ 'VM.Audit': 1, 'VM.PowerMgmt': 1 })
    expect(cap?.storage).toEqual({})
  })
})

describe('a second factor', () => {
  it('is asked for, and its challenge opens nothing else', async () => {
    const { ticket, NeedTFA, cap } = await sessionOf('two@pve', 'pw')
    expect([NeedTFA, cap]).toEqual([1, undefined])
    expect(ticket).toMatch(/^PVE:!tfa!/)
    expect((await read(ticket)).reason).toBe('No ticket')
  })

  it('is answered by a code of now, together with the challenge', async () => {
    const { ticket } = await sessionOf('two@pve', 'pw')
    const code = totpCode(TOTP_SECRET, Math.floor(simulator.clock.now() / 1000))
    const wrong = await login({ username: 'two@pve', password: 'totp:000000', 'tfa-challenge': ticket })
    const right = await login({ username: 'two@pve', password: `totp:${code}`, 'tfa-challenge': ticket })
    expect([wrong.status, wrong.reason, right.status]).toEqual([401, 'authentication failure', 200])
    expect((await read((right.data as Session).ticket)).status).toBe(200)
  })

  it('refuses the code in two places at once', async () => {
    const { ticket } = await sessionOf('two@pve', 'pw')
    const code = `totp:${totpCode(TOTP_SECRET, Math.floor(simulator.clock.now() / 1000))}`
    const both = await login({ username: 'two@pve', password: code, otp: code, 'tfa-challenge': ticket })
    expect(both.reason).toBe('authentication failure')
  })

  it('takes each recovery code once, also in one step', async () => {
    const step = { username: 'two@pve', password: 'pw', otp: 'recovery:once' }
    expect((await login(step)).status).toBe(200)
    expect((await login(step)).status).toBe(401)
  })
})

describe('tokens', () => {
  it('without rights of their own see empty lists', async () => {
    const bare = sessionWith(simulator, 'ann@pve!bare=s3cret')
    expect((await bare.call('GET', '/cluster/resources', { type: 'vm' })).data).toEqual([])
    expect((await bare.call('GET', '/access/permissions')).data).toEqual({})
    const refused = await bare.call('GET', '/nodes/pve1/qemu/9000/config')
    expect([refused.status, refused.reason]).toEqual([403, 'Permission check failed (/vms/9000, VM.Audit)'])
  })

  it('come to life with a grant', async () => {
    const root = sessionWith(simulator)
    await root.call('PUT', '/access/acl', { path: '/vms/9000', roles: 'PVETemplateUser', tokens: 'ann@pve!bare' })
    const bare = sessionWith(simulator, 'ann@pve!bare=s3cret')
    // PVEVMUser of the user lacks VM.Clone, so the token has no more than VM.Audit.
    expect((await bare.call('GET', '/access/permissions')).data).toMatchObject({ '/vms/9000': { 'VM.Audit': 1 } })
    expect((await bare.call('GET', '/cluster/resources', { type: 'vm' })).data).toMatchObject([{ vmid: 9000 }])
  })

  it('see no guest that a nearer entry denies', async () => {
    const root = sessionWith(simulator)
    await root.call('PUT', '/access/acl', { path: '/vms/9001', roles: 'NoAccess', users: 'ann@pve' })
    const { ticket } = await sessionOf('ann@pve', 'pw')
    const { data } = await rawRequest(simulator, 'GET', '/api2/json/cluster/resources?type=vm', {
      headers: { authorization: `PVEAuthCookie=${ticket}` },
    })
    expect(data).toMatchObject([{ vmid: 9000 }])
  })

  it('are made once with their secret, and expire', async () => {
    const root = sessionWith(simulator)
    const expire = String(Math.floor(simulator.clock.now() / 1000) + 60)
    const made = await root.call('POST', '/access/users/ann@pve/token/short', { expire, privsep: '0' })
    const { value } = made.data as { value: string } // the answer to a new token
    const short = sessionWith(simulator, `ann@pve!short=${value}`)
    expect((await short.call('GET', '/version')).status).toBe(200)
    simulator.clock.advance(61_000)
    expect((await short.call('GET', '/version')).status).toBe(401)
  })

  it('even of root may not do what is for root@pam alone', async () => {
    const reply = await sessionWith(simulator).call('POST', '/nodes/pve1/qemu/9000/status/start', { skiplock: '1' })
    expect(JSON.parse(reply.text)).toMatchObject({ errors: { skiplock: 'Only root may use this option.' } })
  })
})
