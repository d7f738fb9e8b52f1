import { gunzipSync } from 'node:zlib'
import { collectProblems, type HypervisorError, Secret } from '@dcm/core'
import { describe, expect, it } from 'vitest'
import type { VsphereExtension } from '../extension.js'
import type { DetailRow } from '../map-vm.js'
import { checkGuest } from './check-guest.js'
import { guestInfoOf } from './cloud-init.js'
import { customizationOf, netmaskOf } from './customize.js'
import type { SealedSpec } from './state.js'

it.each([
  [0, '0.0.0.0'],
  [8, '255.0.0.0'],
  [20, '255.255.240.0'],
  [24, '255.255.255.0'],
  [32, '255.255.255.255'],
])('/%i is %s', (prefix, mask) => {
  expect(netmaskOf(prefix)).toBe(mask)
})

type Spec = Partial<Omit<SealedSpec, 'extensions' | 'source'>>

function specOf(vsphere: VsphereExtension, spec: Spec = {}): SealedSpec {
  const source = { from: 'template', template: { name: 'golden' } } as const
  // Secrets stand in it by reference: the sealed form of a reference is the reference.
  return { name: 'web-01', source, ...spec, extensions: { vsphere } } as SealedSpec
}

function templateOf(guestId: string): DetailRow {
  const device = [{ _type: 'VirtualVmxnet3', key: 4_000, macAddress: '00:50:56:00:00:01' }]
  // As much of a row as is looked at.
  return { 'config.guestId': guestId, 'config.hardware.device': device } as unknown as DetailRow // what is looked at of a row
}

const windows = templateOf('windows2019srvNext_64Guest')
const debian = templateOf('debian12_64Guest')

const reveal = async (secret: { secretRef: string } | { sealedPath: string }) =>
  new Secret('secretRef' in secret ? `value of ${secret.secretRef}` : 'inline')

const customize = (spec: SealedSpec, template: DetailRow) => customizationOf({ input: { spec }, reveal }, template)

function problemsOf(spec: SealedSpec, template: DetailRow, version = '8.0.2'): readonly string[] {
  const problems = collectProblems()
  checkGuest(spec, template, version, problems)
  try {
    problems.throwIfAny('the specification')
    return []
  } catch (error) {
    const thrown = error as HypervisorError // as the collector throws it
    return thrown.code === 'INVALID_ARGUMENT' ? thrown.details.problems.map(({ path }) => path) : []
  }
}

describe('a Windows guest', () => {
  it('joins a domain, with name servers by the card, and gets its secrets in plain text by TLS', async () => {
    const spec = specOf(
      {
        windows: {
          adminPassword: { secretRef: 'env:ADMIN' },
          timeZone: 110,
          joinDomain: { name: 'example.org', userName: 'join', password: { secretRef: 'env:JOIN' } },
          autoLogonCount: 2,
          productKey: { secretRef: 'env:KEY' },
          runOnce: ['winrm quickconfig -q'],
        },
      },
      {
        customization: { dnsServers: ['192.0.2.53'], searchDomains: ['example.org'] },
        nics: [{ network: { id: 'network-1' }, ipv4: { cidr: '192.0.2.7/25', gateway: '192.0.2.1' } }],
      },
    )
    expect(problemsOf(spec, windows)).toEqual([])
    expect(await customize(spec, windows)).toEqual({
      options: { _type: 'CustomizationWinOptions', changeSID: true, deleteAccounts: false, reboot: 'reboot' },
      identity: {
        _type: 'CustomizationSysprep',
        guiUnattended: {
          password: { value: 'value of env:ADMIN', plainText: true },
          timeZone: 110,
          autoLogon: true,
          autoLogonCount: 2,
        },
        userData: {
          fullName: 'Administrator',
          orgName: 'Organization',
          computerName: { _type: 'CustomizationFixedName', name: 'web-01' },
          productId: 'value of env:KEY',
        },
        guiRunOnce: { commandList: ['winrm quickconfig -q'] },
        identification: {
          joinDomain: 'example.org',
          domainAdmin: 'join',
          domainAdminPassword: { value: 'value of env:JOIN', plainText: true },
        },
      },
      globalIPSettings: { dnsSuffixList: ['example.org'] },
      nicSettingMap: [
        {
          adapter: {
            ip: { _type: 'CustomizationFixedIp', ipAddress: '192.0.2.7' },
            subnetMask: '255.255.255.128',
            gateway: ['192.0.2.1'],
            dnsServerList: ['192.0.2.53'],
          },
        },
      ],
    })
  })

  it('is customised by sysprep also where only the common fields ask for it', async () => {
    const spec = specOf({}, { customization: { hostname: 'app.example.org' } })
    expect(await customize(spec, windows)).toMatchObject({
      identity: {
        _type: 'CustomizationSysprep',
        guiUnattended: { timeZone: 85, autoLogon: false },
        userData: { computerName: { name: 'app' }, productId: '' },
        identification: { joinWorkgroup: 'WORKGROUP' },
      },
    })
    expect(await customize(specOf({}), windows)).toBeUndefined()
  })

  it.each<[string, VsphereExtension, Spec, string[]]>([
    ['a name that is too long', { windows: {} }, { name: 'a-name-of-17-char' }, ['name']],
    ['a host name of digits', {}, { customization: { hostname: '2022.example.org' } }, ['customization.hostname']],
    [
      'a log-on without a password',
      { windows: { autoLogonCount: 1 } },
      {},
      ['extensions.vsphere.windows.autoLogonCount'],
    ],
    ['the domain of a Linux guest', { windows: {}, domain: 'example.org' }, {}, ['extensions.vsphere.domain']],
    [
      'delivery to cloud-init',
      { cloudInit: { deliverBy: 'customization' } },
      {},
      ['extensions.vsphere.cloudInit.deliverBy'],
    ],
  ])('cannot have %s', (_, extension, spec, paths) => {
    expect(problemsOf(specOf(extension, spec), windows)).toEqual(paths)
  })
})

describe('a Linux guest', () => {
  it('is customised by VMware Tools, and refuses what is for Windows', async () => {
    const spec = specOf({}, { customization: { hostname: 'app.example.org', dnsServers: ['192.0.2.53'] } })
    expect(await customize(spec, debian)).toMatchObject({
      identity: { _type: 'CustomizationLinuxPrep', hostName: { name: 'app' }, domain: 'example.org' },
      globalIPSettings: { dnsServerList: ['192.0.2.53'] },
    })
    expect(problemsOf(specOf({ windows: {} }), debian)).toEqual(['extensions.vsphere.windows'])
  })

  it('finds the documents of cloud-init in its settings, compressed where that is asked for', async () => {
    const userData = { secretRef: 'env:USER' }
    const metaData = { secretRef: 'env:META' }
    const plain = await guestInfoOf(specOf({ cloudInit: { metaData } }, { customization: { userData } }), reveal)
    expect(plain).toEqual({
      'guestinfo.metadata': Buffer.from('value of env:META').toString('base64'),
      'guestinfo.metadata.encoding': 'base64',
      'guestinfo.userdata': Buffer.from('value of env:USER').toString('base64'),
      'guestinfo.userdata.encoding': 'base64',
    })
    const zipped = await guestInfoOf(specOf({ cloudInit: { metaData, encoding: 'gzip+base64' } }), reveal)
    expect(zipped['guestinfo.metadata.encoding']).toBe('gzip+base64')
    const bytes = Buffer.from(zipped['guestinfo.metadata'] ?? '', 'base64')
    expect(gunzipSync(bytes).toString()).toBe('value of env:META')
  })

  it('gets them by customisation instead, and then by nothing else', async () => {
    const cloudInit = { deliverBy: 'customization', metaData: { secretRef: 'env:META' } } as const
    const spec = specOf({ cloudInit }, { customization: { userData: { secretRef: 'env:USER' } } })
    expect(await customize(spec, debian)).toEqual({
      identity: {
        _type: 'CustomizationCloudinitPrep',
        metadata: 'value of env:META',
        userdata: 'value of env:USER',
      },
      globalIPSettings: {},
    })
    expect(await guestInfoOf(spec, reveal)).toEqual({})
    expect(problemsOf(spec, debian)).toEqual([])
    expect(problemsOf(spec, debian, '7.0.2')).toEqual(['extensions.vsphere.cloudInit.deliverBy'])
    const both = specOf({ cloudInit }, { customization: { hostname: 'app' } })
    expect(problemsOf(both, debian)).toEqual(['customization.hostname'])
    const bare = specOf({ cloudInit: { deliverBy: 'customization' } })
    expect(problemsOf(bare, debian)).toEqual(['extensions.vsphere.cloudInit.metaData'])
  })
})
