import type { XmlInput } from '@dcm/wire/xml'
import type { Vim25Types } from '../../generated/types.js'
import { displayName } from '../machines/names.js'
import type { ManagedObject } from './managed-object.js'
import type { World } from './world.js'

/** Events that the simulator writes, with what each says beside what all say. */
interface EventDetails {
  readonly VmCreatedEvent: object
  readonly VmClonedEvent: { readonly sourceVm: VmArgument }
  readonly VmInstanceUuidAssignedEvent: { readonly instanceUuid: string }
  readonly VmPoweredOnEvent: object
  readonly VmPoweredOffEvent: object
  readonly VmReconfiguredEvent: { readonly configSpec: object }
  readonly VmRegisteredEvent: object
  readonly VmRemovedEvent: object
  readonly VmRenamedEvent: { readonly oldName: string; readonly newName: string }
  readonly VmSuspendedEvent: object
}

type EventName = keyof EventDetails
type VmArgument = XmlInput<Vim25Types['VmEventArgument']>

/** An event as the encoder takes it. */
export type EventValue = Exclude<XmlInput<Vim25Types[EventName]>, { readonly _type: '$unknown' }>

const keep = 5_000
const histories = new WeakMap<World, EventValue[]>()

/** All events that are kept, oldest first. */
export function eventsOf(world: World): readonly EventValue[] {
  return histories.get(world) ?? []
}

/** Writes an event about a VM. */
export function postEvent<Name extends EventName>(
  world: World,
  type: Name,
  machine: ManagedObject<'VirtualMachine'>,
  text: string,
  detail: EventDetails[Name],
): void {
  const history = histories.get(world) ?? []
  histories.set(world, history)
  const key = world.next('event')
  const host = machine.state.runtime?.host
  const hostName =
    host === undefined || world.lookUp(host) === undefined ? '' : (world.get('HostSystem', host).state.name ?? '')
  const event = {
    _type: type,
    key,
    chainId: key,
    createdTime: world.timestamp(),
    userName: 'VSPHERE.LOCAL\\Administrator',
    ...(host === undefined ? {} : { host: { _type: 'HostEventArgument', name: hostName, host } }),
    vm: { _type: 'VmEventArgument', name: displayName(machine.state.name ?? ''), vm: machine.ref },
    template: machine.state.config?.template === true,
    fullFormattedMessage: text,
    ...detail,
  }
  history.push(event as EventValue) // the table above goes by name
  // A quarter at a time, so that a busy simulator does not move the whole list for each event.
  if (history.length > keep * 1.25) history.splice(0, history.length - keep)
}
