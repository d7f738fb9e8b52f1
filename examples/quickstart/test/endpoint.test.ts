import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { addressOf, configuredEndpoint } from '../src/endpoint.js'
import { proxmoxPlatform } from '../src/platforms/proxmox.js'
import { vspherePlatform } from '../src/platforms/vsphere.js'

const folder = mkdtempSync(join(tmpdir(), 'dcm-endpoint-'))
afterAll(() => rmSync(folder, { recursive: true }))

it.each([
  ['is no JSON', '{ "auth": { "secret": "hunter2" '],
  ['holds no object', 'null'],
  ["holds an endpoint of type 'xen', not 'proxmox'", '{ "type": "xen" }'],
])('a configuration file that %s is told by its name, with what to do', (problem, text) => {
  const file = join(folder, 'quickstart.config.json')
  writeFileSync(file, text)
  const read = () => configuredEndpoint([proxmoxPlatform], {}, folder)
  expect(read).toThrow(`${file} ${problem}`)
  expect(read).toThrow('move it aside')
  expect(read).not.toThrow('hunter2')
})

it('a file that DCM_CONFIG names must be there', () => {
  const file = join(folder, 'none.json')
  expect(() => configuredEndpoint([proxmoxPlatform], { DCM_CONFIG: file }, folder)).toThrow(
    `${file} is named by DCM_CONFIG, and is not there`,
  )
})

it('an endpoint may be given by host and port', () => {
  const config = { type: 'proxmox', endpoint: 'quickstart' }
  expect(addressOf({ ...config, host: 'pve1', port: 8443 })).toBe('https://pve1:8443')
  expect(addressOf({ ...config, host: 'pve1' })).toBe('https://pve1')
  expect(addressOf({ ...config, url: 'https://pve1:8006' })).toBe('https://pve1:8006')
})

it.each([
  [{ PVE_URL: 'https://pve1:8006', PVE_TOKEN: 'x' }, 'PVE_TOKEN_ID'],
  [{ PVE_URL: 'https://pve1:8006', PVE_TOKEN_ID: '' }, 'PVE_TOKEN_ID'],
  [{ VSPHERE_URL: 'https://vc1', VSPHERE_PASSWORD: 'x' }, 'VSPHERE_USER'],
])('of %j, the variable that is missing is named', (environment, name) => {
  const none = join(folder, 'nothing-here')
  expect(() => configuredEndpoint([proxmoxPlatform, vspherePlatform], environment, none)).toThrow(
    `${name} is not: set it to`,
  )
})
