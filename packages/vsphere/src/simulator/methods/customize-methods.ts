import type { Vim25Types } from '../../generated/types.js'
import { vimFault } from '../fault.js'
import { configOf, type Machine, powerStateOf } from '../machines/machine.js'
import type { World } from '../world/world.js'
import type { Handlers } from './handler.js'

const pending = 'TOOLSDEPLOYPKG_PENDING'

export function checkCustomization(source: Machine, spec: Vim25Types['CustomizationSpec'] | undefined): void {
  if (spec === undefined) return
  const cards = (configOf(source).hardware.device ?? []).filter((each) => 'macAddress' in each).length
  // The metadata of cloud-init name the cards.
  if (spec.identity._type === 'CustomizationCloudinitPrep') return
  const numberOfNicsInSpec = spec.nicSettingMap.length
  if (numberOfNicsInSpec === cards) return
  throw vimFault(
    'NicSettingMismatch',
    { numberOfNicsInSpec, numberOfNicsInVM: cards },
    'The number of network adapters does not match.',
  )
}

/** Waits for the first boot on the platform; here it is done with the next boot of the guest. */
export function customize(world: World, machine: Machine): void {
  const customizationInfo = { customizationStatus: pending }
  world.change(machine, { guest: { ...machine.state.guest, guestState: 'notRunning', customizationInfo } })
}

export const customizeMethods: Handlers = {
  CustomizeVM_Task(call, { spec }) {
    const { world, tasks } = call
    const machine = call.target('VirtualMachine')
    checkCustomization(machine, spec)
    return tasks.start({
      method: call.method,
      entity: machine,
      userName: call.session.userName,
      locks: [machine],
      durationMs: world.timing.other,
      check() {
        const existingState = powerStateOf(machine)
        if (existingState !== 'poweredOff')
          throw vimFault('InvalidPowerState', { requestedState: 'poweredOff', existingState }, 'The VM runs.')
        if (machine.state.guest?.customizationInfo?.customizationStatus === pending)
          throw vimFault('CustomizationPending', {}, 'A customization waits for the next start already.')
      },
      finish: () => customize(world, machine),
    })
  },
}
