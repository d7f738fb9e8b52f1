import { collectProblems } from '@dcm/core'
import { describe, expect, it } from 'vitest'
import { mapNetworks } from './item.js'
import { additionalParameters, checkItem } from './item-form.js'

/** As the service describes what a package asks for. */
const asked = {
  additional_params: [
    { '@class': 'com.vmware.vcenter.ovf.size_params', type: 'SizeParams', approximate_download_size: 1 },
    {
      '@class': 'com.vmware.vcenter.ovf.property_params',
      type: 'PropertyParams',
      properties: [
        { id: 'hostname', class_id: 'vami', instance_id: 'vm', type: 'string', value: '', label: 'Host name' },
        { id: 'role', type: 'string', value: 'web' },
      ],
    },
    {
      '@class': 'com.vmware.vcenter.ovf.deployment_option_params',
      type: 'DeploymentOptionParams',
      deployment_options: [{ key: 'small' }, { key: 'large' }],
      selected_key: 'small',
    },
  ],
}

const specOf = (ovf: object) =>
  ({ name: 'vm', source: { from: 'template', template: { id: 'x' } }, extensions: { vsphere: { ovf } } }) as const

function problemsOf(ovf: object, requirements: object): string {
  const problems = collectProblems()
  checkItem(specOf(ovf), requirements, problems)
  try {
    problems.throwIfAny('it')
    return ''
  } catch (error) {
    return String(error)
  }
}

describe('the form of an OVF item', () => {
  it('is filled in with values beside what the item says of each property', () => {
    const spec = specOf({ properties: { hostname: 'web-1' }, deploymentOption: 'large' })
    expect(additionalParameters(spec, asked)).toEqual([
      {
        '@class': 'com.vmware.vcenter.ovf.property_params',
        type: 'PropertyParams',
        properties: [
          { id: 'hostname', class_id: 'vami', instance_id: 'vm', type: 'string', value: 'web-1', label: 'Host name' },
        ],
      },
      {
        '@class': 'com.vmware.vcenter.ovf.deployment_option_params',
        type: 'DeploymentOptionParams',
        selected_key: 'large',
      },
    ])
    expect(additionalParameters(specOf({}), asked)).toEqual([])
  })

  it('is filled in as it is told where the service says nothing of it', () => {
    const ovf = { properties: { hostname: 'web-1' }, deploymentOption: 'large' }
    expect(problemsOf(ovf, {})).toBe('')
    expect(additionalParameters(specOf(ovf), {})).toMatchObject([
      { properties: [{ id: 'hostname', value: 'web-1' }] },
      { selected_key: 'large' },
    ])
  })

  it('refuses what the item does not have, and names what it has', () => {
    expect(problemsOf({ properties: { role: 'db' }, deploymentOption: 'large' }, asked)).toBe('')
    const refused = problemsOf({ properties: { host: 'web-1' }, deploymentOption: 'huge' }, asked)
    expect(refused).toContain("extensions.vsphere.ovf.properties.host: is none of the item's: it has hostname, role")
    expect(refused).toContain("extensions.vsphere.ovf.deploymentOption: is none of the item's: it has small, large")
  })

  it('asks for agreements to be accepted', () => {
    expect(problemsOf({}, { EULAs: ['Be kind.'] })).toContain('extensions.vsphere.ovf.acceptEulas: must be true')
    expect(problemsOf({ acceptEulas: true }, { EULAs: ['Be kind.'] })).toBe('')
  })
})

describe('networks of an OVF item', () => {
  const idOfName = (name: string) => (name === 'frontend' ? 'network-1' : undefined)

  it('become those of the cards in order, and the last of them beyond', () => {
    const networks = ['frontend', 'backend', 'backup']
    const mapped = { frontend: 'network-7', backend: 'network-8', backup: 'network-8' }
    expect(mapNetworks({ networks }, ['network-7', 'network-8'], idOfName)).toEqual(mapped)
  })

  it('become those of the same name where no card is asked for; one without a name is left out', () => {
    expect(mapNetworks({ networks: ['frontend', 'backend', ''] }, [], idOfName)).toEqual({ frontend: 'network-1' })
    expect(mapNetworks({ networks: [''] }, ['network-7'], idOfName)).toEqual({})
    expect(mapNetworks({}, ['network-7'], idOfName)).toEqual({})
  })
})
