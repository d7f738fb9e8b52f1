import { describe, expect, it } from 'vitest'
import { type GuestRow, mapGuestInfo } from './info.js'

type Nic = NonNullable<GuestRow['guest.net']>[number]

const rowOf = (changes: Partial<GuestRow>): GuestRow => ({
  ref: { type: 'VirtualMachine', value: 'vm-1' },
  'guest.net': undefined,
  'guest.ipAddress': undefined,
  'guest.hostName': undefined,
  'guest.guestFullName': undefined,
  'guest.toolsRunningStatus': 'guestToolsRunning',
  'guest.toolsVersionStatus2': undefined,
  ...changes,
})

function nicOf(changes: Partial<Nic>, addresses: readonly (readonly [string, string?])[] = []): Nic {
  const ipAddress = addresses.map(([address, state]) => ({
    ipAddress: address,
    prefixLength: 24,
    origin: undefined,
    state,
    lifetime: undefined,
  }))
  return {
    network: 'frontend',
    ipAddress: addresses.map(([address]) => address),
    macAddress: '00:50:56:AA:BB:CC',
    connected: true,
    deviceConfigId: 4000,
    dnsConfig: undefined,
    ipConfig: { ipAddress, dhcp: undefined, autoConfigurationEnabled: undefined },
    netBIOSConfig: undefined,
    ...changes,
  }
}

describe('mapGuestInfo', () => {
  it('leaves out link-local addresses, those not in use, and cards that belong to no device', () => {
    const info = mapGuestInfo(
      rowOf({
        'guest.hostName': 'app-01',
        'guest.ipAddress': '172.17.0.1', // the container bridge, as some guests tell it first
        'guest.net': [
          nicOf({}, [
            ['fe80::1', 'preferred'],
            ['2001:db8::7', 'preferred'],
            ['192.0.2.7'],
            ['192.0.2.8', 'duplicate'],
            ['169.254.1.1'],
          ]),
          nicOf({ deviceConfigId: -1, network: undefined, macAddress: '02:42:00:00:00:01' }, [
            ['172.17.0.1', 'preferred'],
          ]),
        ],
      }),
    )
    expect(info).toMatchObject({ agent: 'running', hostname: 'app-01', addresses: ['192.0.2.7', '2001:db8::7'] })
    expect(info.interfaces.map(({ name, macAddress, addresses }) => [name, macAddress, addresses.length])).toEqual([
      ['frontend', '00:50:56:aa:bb:cc', 5],
      ['02:42:00:00:00:01', '02:42:00:00:00:01', 1],
    ])
  })

  it('takes the plain list, then the one address, where older tools tell no more', () => {
    const plain = rowOf({ 'guest.net': [nicOf({ ipConfig: undefined, ipAddress: ['192.0.2.9', '127.0.0.1'] })] })
    expect(mapGuestInfo(plain).addresses).toEqual(['192.0.2.9'])
    expect(mapGuestInfo(rowOf({ 'guest.ipAddress': '192.0.2.10' })).addresses).toEqual(['192.0.2.10'])
    expect(mapGuestInfo(rowOf({ 'guest.ipAddress': '169.254.9.9' })).addresses).toEqual([])
  })

  it('tells tools that do not run from tools that are not there', () => {
    const agents = [
      { 'guest.toolsRunningStatus': 'guestToolsNotRunning' },
      { 'guest.toolsRunningStatus': 'guestToolsNotRunning', 'guest.toolsVersionStatus2': 'guestToolsNotInstalled' },
      { 'guest.toolsRunningStatus': undefined },
    ].map((changes) => mapGuestInfo(rowOf(changes)).agent)
    expect(agents).toEqual(['not-running', 'absent', 'not-running'])
  })
})
