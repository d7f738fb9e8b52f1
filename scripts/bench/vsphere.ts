import { rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { startVsphereSimulatorProcess } from '@dcm/vsphere/simulator'
import { findPython } from '../../packages/vsphere/test/outside/pythons.js'
import { type Candidate, compare } from './compare.js'
import { lists } from './vsphere-decode.js'
import { vms } from './vsphere-properties.js'
import { writeVimAnswer } from './xml-input.js'

/** 10,000 VMs of seven properties: the same bytes to rows, and read from the simulator beside pyvmomi. */
export async function vsphereBenchmarks(): Promise<void> {
  const answer = writeVimAnswer(vms)
  try {
    await compare({
      name: `vSphere: an answer with ${vms} VMs of seven properties, from bytes to rows, ${lists} times`,
      candidates: [
        { label: 'client.retrieve: decode and map', module: 'vsphere-decode', export: 'clientRows' },
        { label: 'the same, and to the VMs of the port', module: 'vsphere-decode', export: 'portVms' },
        { label: 'saxes building plain objects', module: 'vsphere-decode', export: 'saxesObjects' },
      ],
      input: { file: answer },
    })
  } finally {
    rmSync(dirname(answer), { recursive: true })
  }
  await readFromSimulator()
}

async function readFromSimulator(): Promise<void> {
  const simulator = await startVsphereSimulatorProcess({ seed: { vms } })
  try {
    const candidates: Candidate[] = [
      { label: 'client.retrieve', module: 'vsphere-read', export: 'clientReads' },
      { label: 'port.listVms (eleven properties)', module: 'vsphere-read', export: 'portReads' },
    ]
    const python = findPython()
    if (python !== undefined) candidates.push({ label: 'pyvmomi', module: 'vsphere-read', export: 'pyvmomiReads' })
    const { url, ca, credentials } = simulator
    const name = `vSphere: ${vms} VMs of seven properties from the simulator, over TLS, in pages of 1,000`
    await compare({ name, candidates, input: { url, ca, python, ...credentials } })
  } finally {
    await simulator.close()
  }
}
