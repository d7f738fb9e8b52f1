import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mapNic, nicsOf, parseNic, sameNic, writeNic } from './map-nics.js'

describe('network devices', () => {
  it.each([
    'virtio=BC:24:11:00:00:01,bridge=vmbr0,firewall=1,tag=10',
    'model=virtio,macaddr=BC:24:11:00:00:01,bridge=vmbr0,tag=10,firewall=1',
    'bridge=vmbr0,virtio=BC:24:11:00:00:01,tag=10,firewall=1',
  ])('are read in every form: %s', (text) => {
    expect(parseNic('net0', text)).toEqual({
      key: 'net0',
      model: 'virtio',
      macAddress: 'BC:24:11:00:00:01',
      bridge: 'vmbr0',
      vlanId: 10,
      linkDown: false,
      others: { firewall: '1' },
    })
  })

  it('are read without a MAC, a bridge, or a link', () => {
    expect(parseNic('net1', 'e1000,bridge=vmbr1')).toMatchObject({ model: 'e1000', bridge: 'vmbr1' })
    expect(parseNic('net1', 'e1000,bridge=vmbr1')).not.toHaveProperty('macAddress')
    const unplugged = parseNic('net2', 'rtl8139=AA:BB:CC:00:00:01,link_down=1')
    expect(unplugged && mapNic(unplugged)).toEqual({
      key: 'net2',
      macAddress: 'AA:BB:CC:00:00:01',
      connected: false,
      model: 'rtl8139',
    })
    expect(parseNic('netmask', 'x')).toBeUndefined()
  })

  it('come by number', () => {
    expect(nicsOf({ net10: 'virtio', net2: 'virtio', net0: 'virtio', name: 'x' }).map(({ key }) => key)).toEqual([
      'net0',
      'net2',
      'net10',
    ])
  })

  it('are read back as they were written', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/)
    fc.assert(
      fc.property(
        fc.record({
          model: fc.constantFrom('virtio', 'e1000', 'vmxnet3', 'rtl8139'),
          macAddress: fc.constantFrom('BC:24:11:00:00:01', 'BC:24:11:AA:BB:CC'),
          bridge: word,
          vlanId: fc.integer({ min: 1, max: 4094 }),
          linkDown: fc.boolean(),
          others: fc.dictionary(fc.constantFrom('firewall', 'mtu', 'queues', 'rate'), fc.constantFrom('1', '1500')),
        }),
        (nic) => {
          const read = parseNic('net0', writeNic(nic))
          expect(read).toEqual({ key: 'net0', ...nic, others: { ...nic.others } })
          expect(read && sameNic(read, nic)).toBe(true)
        },
      ),
    )
    expect(writeNic({ model: 'virtio', bridge: 'vmbr0', linkDown: false, others: {} })).toBe('virtio,bridge=vmbr0')
  })

  it('cannot smuggle properties through a bridge name', () => {
    expect(() => writeNic({ model: 'virtio', bridge: 'vmbr0,firewall=0', linkDown: false, others: {} })).toThrow(
      /comma/,
    )
  })
})
