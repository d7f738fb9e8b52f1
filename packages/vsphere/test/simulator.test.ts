import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { callPath, startVsphereSimulator, type VsphereSimulator } from '../src/simulator/index.js'
import { createSoapSession, type SoapAnswer, type SoapSession } from './soap-session.js'

let simulator: VsphereSimulator
let soap: SoapSession

beforeAll(async () => {
  simulator = await startVsphereSimulator({ speed: 200, seed: { oddNames: true } })
  soap = await createSoapSession(simulator)
})
afterEach(() => simulator.faults.clear())
afterAll(() => simulator?.close())

const vm = (name: string): string => simulator.vms().find((each) => each.name === name)?.ref ?? `no ${name}`
const onVm = (method: string, name: string, inner = ''): Promise<SoapAnswer> =>
  soap.call(method, 'VirtualMachine', vm(name), inner)
const returnvalOf = (answer: SoapAnswer): string => /<returnval[^>]*>([^<]*)</.exec(answer.text)?.[1] ?? ''
const faultOf = ({ text }: SoapAnswer): string | undefined => /<detail><\w+Fault[^>]* xsi:type="(\w+)"/.exec(text)?.[1]
const taskFault = (info: string): string | undefined => /<error><fault xsi:type="(\w+)"/.exec(info)?.[1]
const refIn = async (type: string): Promise<string> =>
  new RegExp(`<obj type="${type}">([^<]*)<`).exec(await soap.list(type, ['name']))?.[1] ?? ''
const clone = async (name: string, spec = ''): Promise<SoapAnswer> => {
  const folder = simulator.vms()[0]?.folder
  const location = `<location><pool type="ResourcePool">${await refIn('ResourcePool')}</pool></location>`
  return onVm(
    'CloneVM_Task',
    'debian-13-cloud',
    `<folder type="Folder">${folder}</folder><name>${name}</name><spec>${location}<template>false</template>${spec}<powerOn>false</powerOn></spec>`,
  )
}

describe('sessions', () => {
  it('refuse a wrong password and a second login, end on command and by idleness', async () => {
    const wrong = await createSoapSession({ ...simulator, credentials: { username: 'nobody', password: 'x' } })
    expect(faultOf(await wrong.login())).toBe('InvalidLogin')
    expect(simulator.faults.expireSessions()).toBeGreaterThan(0)
    const read = await onVm('PowerOffVM_Task', 'app-01')
    expect([read.status, faultOf(read)]).toEqual([500, 'NotAuthenticated'])
    await soap.login()
    expect(simulator.sessions()).toHaveLength(1)
    simulator.clock.advance(31 * 60_000)
    expect(simulator.sessions()).toEqual([])
    await soap.login()
  })

  it('may look alive when they are dead: everything is missing', async () => {
    simulator.faults.expireSessions()
    simulator.faults.silentExpiry()
    const collector = (type: string, value: string) =>
      `<specSet><propSet><type>${type}</type><pathSet>name</pathSet></propSet><objectSet><obj type="${type}">${value}</obj></objectSet></specSet><options/>`
    const answer = await soap.call(
      'RetrievePropertiesEx',
      'PropertyCollector',
      'propertyCollector',
      collector('VirtualMachine', vm('app-01')),
    )
    expect(answer.status).toBe(200)
    expect(answer.text).toContain('<missingSet><path>name</path><fault><fault xsi:type="NotAuthenticated">')
    await soap.login()
  })
})

describe('reading', () => {
  it('escapes names, pages with tokens that are good once, and hides what may not be read', async () => {
    const names = await soap.list('VirtualMachine', ['name'])
    for (const stored of ['a%2fb c', '100%25', 'back%5cslash', 'R&amp;D &lt;web&gt;', 'Ärger 東京'])
      expect(names).toContain(stored)
    const token = /<token>(.*?)<\/token>/.exec(await soap.list('VirtualMachine', ['name'], 3))?.[1] ?? ''
    const next = (): Promise<SoapAnswer> =>
      soap.call('ContinueRetrievePropertiesEx', 'PropertyCollector', 'propertyCollector', `<token>${token}</token>`)
    expect((await next()).text.match(/<objects>/g)).toHaveLength(3)
    expect(faultOf(await next())).toBe('InvalidProperty')
    simulator.faults.denyPath('runtime')
    expect(await soap.list('VirtualMachine', ['name', 'runtime.powerState'])).toContain(
      '<missingSet><path>runtime.powerState</path><fault><fault xsi:type="NoPermission">',
    )
  })

  it('tells changes by versions, in truncated replies, and refuses versions that it does not know', async () => {
    simulator.faults.updateLimit(4)
    const view = await soap.call(
      'CreateContainerView', 'ViewManager', 'ViewManager',
      '<container type="Folder">group-d1</container><type>VirtualMachine</type><recursive>true</recursive>',
    ) // biome-ignore format: short
    const feed = returnvalOf(await soap.call('CreatePropertyCollector', 'PropertyCollector', 'propertyCollector'))
    await soap.call(
      'CreateFilter', 'PropertyCollector', feed,
      `<spec><propSet><type>VirtualMachine</type><pathSet>config.annotation</pathSet></propSet><objectSet><obj type="ContainerView">${returnvalOf(view)}</obj><skip>true</skip><selectSet xsi:type="TraversalSpec"><type>ContainerView</type><path>view</path></selectSet></objectSet></spec><partialUpdates>false</partialUpdates>`,
    ) // biome-ignore format: short
    const wait = (version: string, seconds = 0): Promise<SoapAnswer> =>
      soap.call(
        'WaitForUpdatesEx',
        'PropertyCollector',
        feed,
        `<version>${version}</version><options><maxWaitSeconds>${seconds}</maxWaitSeconds></options>`,
      )
    const versionOf = ({ text }: SoapAnswer): string => /<version>(.*?)<\/version>/.exec(text)?.[1] ?? ''
    const replies = [await wait('')]
    while (replies.at(-1)?.text.includes('<truncated>true') === true)
      replies.push(await wait(versionOf(replies.at(-1) ?? (replies[0] as SoapAnswer))))
    const entered = replies.flatMap(({ text }) => text.match(/<kind>enter/g) ?? [])
    expect(replies.length).toBe(3)
    expect(entered).toHaveLength(simulator.vms().length)
    const last = versionOf(replies[2] as SoapAnswer)
    expect((await wait(last)).text).not.toContain('returnval')
    const waiting = wait(last, 20)
    simulator.faults.renameVm('R&D <web>', 'renamed')
    await soap.task(await onVm('ReconfigVM_Task', 'app-01', '<spec><annotation>new</annotation></spec>'))
    const change = await waiting
    expect(change.text).toContain('<kind>modify</kind>')
    expect(change.text).toContain('<name>config.annotation</name><op>assign</op><val xsi:type="xsd:string">new</val>')
    expect((await wait(last)).text).toBe(change.text)
    expect(faultOf(await wait('999'))).toBe('InvalidCollectorVersion')
    const cancelled = wait(versionOf(change), 20)
    await expect.poll(() => simulator.calls('WaitForUpdatesEx')).toBeGreaterThan(7)
    await soap.call('CancelWaitForUpdates', 'PropertyCollector', feed)
    expect(faultOf(await cancelled)).toBe('RequestCanceled')
  })
})

describe('machines', () => {
  it('of one name are made once, however many try', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => clone('race')))
    const infos = await Promise.all(answers.map((each) => soap.task(each)))
    expect(infos.filter((info) => info.includes('<state>success')).length).toBe(1)
    expect(new Set(infos.map(taskFault))).toEqual(new Set([undefined, 'DuplicateName']))
    expect(simulator.vms().filter((each) => each.name === 'race')).toHaveLength(1)
  })

  it('are not made when their task fails, and their name is free again', async () => {
    simulator.faults.failNextTask({
      method: 'CloneVM_Task',
      fault: 'NoDiskSpace',
      detail: { file: '[x]', datastore: 'x' },
    })
    expect(taskFault(await soap.task(await clone('unlucky')))).toBe('NoDiskSpace')
    expect(vm('unlucky')).toBe('no unlucky')
    expect(await soap.task(await clone('unlucky'))).toContain('<state>success')
  })

  it('get the uuid asked for unless somebody has it', async () => {
    const uuid = '6f1c1e0a-0a51-5d0e-8f3e-1f2d3c4b5a69'
    const config = `<config><instanceUuid>${uuid}</instanceUuid></config>`
    await soap.task(await clone('first', config))
    await soap.task(await clone('second', config))
    expect(
      simulator
        .vms()
        .filter((each) => each.instanceUuid === uuid)
        .map(({ name }) => name),
    ).toEqual(['first'])
  })

  it('need a pool when they come from a template, and one setting for each card', async () => {
    const folder = simulator.vms()[0]?.folder
    const bare = `<folder type="Folder">${folder}</folder><name>poolless</name><spec><location/><template>false</template><powerOn>false</powerOn></spec>`
    expect(faultOf(await onVm('CloneVM_Task', 'debian-13-cloud', bare))).toBe('InvalidArgument')
    const customization =
      '<customization><identity xsi:type="CustomizationLinuxPrep"><hostName xsi:type="CustomizationFixedName"><name>a</name></hostName><domain>b</domain></identity><globalIPSettings/></customization>'
    expect(faultOf(await clone('mismatch', customization))).toBe('NicSettingMismatch')
  })

  it('are locked by their task', async () => {
    simulator.faults.holdTasks()
    const first = await onVm('ReconfigVM_Task', 'app-02', '<spec><annotation>a</annotation></spec>')
    const second = await onVm('ReconfigVM_Task', 'app-02', '<spec><annotation>b</annotation></spec>')
    expect(faultOf(second)).toBe('TaskInProgress')
    expect(second.text).toContain(`<task type="Task">${returnvalOf(first)}</task>`)
    await soap.call('CancelTask', 'Task', returnvalOf(first))
    simulator.faults.holdTasks(false)
    expect(taskFault(await soap.task(first))).toBe('RequestCanceled')
  })

  it('refuse a change of what has changed, and hot-add where it is off', async () => {
    const outdated = await onVm(
      'ReconfigVM_Task',
      'app-02',
      '<spec><changeVersion>old</changeVersion><annotation>c</annotation></spec>',
    )
    expect(taskFault(await soap.task(outdated))).toBe('ConcurrentAccess')
    expect(
      taskFault(await soap.task(await onVm('ReconfigVM_Task', 'app-02', '<spec><numCPUs>8</numCPUs></spec>'))),
    ).toBe('CpuHotPlugNotSupported')
    expect(
      taskFault(await soap.task(await onVm('ReconfigVM_Task', 'app-02', '<spec><memoryMB>8192</memoryMB></spec>'))),
    ).toBe('MemoryHotPlugNotSupported')
  })

  it('take devices: grow a disk, add one and a card, remove them; never shrink', async () => {
    const change = (inner: string): Promise<SoapAnswer> => onVm('ReconfigVM_Task', 'app-02', `<spec>${inner}</spec>`)
    const disk = (key: number, gib: number, operation: string) =>
      `<deviceChange><operation>${operation}</operation>${operation === 'add' ? '<fileOperation>create</fileOperation>' : ''}<device xsi:type="VirtualDisk"><key>${key}</key><controllerKey>1000</controllerKey><unitNumber>1</unitNumber><capacityInKB>${gib * 1_048_576}</capacityInKB></device></deviceChange>`
    expect(await soap.task(await change(disk(2_000, 20, 'edit')))).toContain('<state>success')
    expect(taskFault(await soap.task(await change(disk(2_000, 10, 'edit'))))).toBe('InvalidDeviceSpec')
    const card =
      '<deviceChange><operation>add</operation><device xsi:type="VirtualVmxnet3"><key>-1</key><backing xsi:type="VirtualEthernetCardNetworkBackingInfo"><deviceName>VM Network</deviceName></backing><addressType>generated</addressType></device></deviceChange>'
    expect(await soap.task(await change(disk(-2, 5, 'add') + card))).toContain('<state>success')
    const devices = await soap.list('VirtualMachine', ['name', 'config.hardware.device', 'network'])
    const mine = devices.split('<objects>').find((each) => each.includes('>app-02<')) ?? ''
    expect(mine).toContain('<capacityInKB>20971520</capacityInKB>')
    expect(mine).toContain('<key>2001</key>')
    expect(mine).toContain('<key>4001</key>')
    expect(mine).toContain('type="Network">network-')
    expect(await soap.task(await change(disk(2_001, 5, 'remove')))).toContain('<state>success')
  })

  it('keep a tree of snapshots', async () => {
    const names = ['one', 'two', 'three']
    const refs: string[] = []
    for (const name of names) {
      const info = await soap.task(
        await onVm(
          'CreateSnapshot_Task',
          'app-02',
          `<name>${name}</name><memory>false</memory><quiesce>false</quiesce>`,
        ),
      )
      refs.push(/<result[^>]*>([^<]*)</.exec(info)?.[1] ?? '')
    }
    const tree = async (): Promise<string[]> => {
      const text =
        (await soap.list('VirtualMachine', ['name', 'snapshot']))
          .split('<objects>')
          .find((each) => each.includes('>app-02<')) ?? ''
      return [...text.matchAll(/<name>(one|two|three)<|<currentSnapshot[^>]*>([^<]*)</g)].map(
        ([, name, current]) => name ?? current ?? '',
      )
    }
    expect(await tree()).toEqual([refs[2], 'one', 'two', 'three'])
    await soap.task(await soap.call('RevertToSnapshot_Task', 'VirtualMachineSnapshot', refs[0] ?? ''))
    expect(simulator.vms().find((each) => each.name === 'app-02')?.powerState).toBe('poweredOff')
    await soap.task(
      await soap.call(
        'RemoveSnapshot_Task',
        'VirtualMachineSnapshot',
        refs[1] ?? '',
        '<removeChildren>false</removeChildren>',
      ),
    )
    expect(await tree()).toEqual([refs[0], 'one', 'three'])
    await soap.task(await onVm('RemoveAllSnapshots_Task', 'app-02'))
    expect(await tree()).toEqual([])
  })

  it('ask before they start, and take the answer', async () => {
    simulator.faults.askOnPowerOn('first')
    const started = await onVm('PowerOnVM_Task', 'first')
    const question = async (): Promise<string | undefined> =>
      /<id>(\d+)<\/id>/.exec(await soap.list('VirtualMachine', ['runtime.question']))?.[1]
    await expect.poll(question).toBeDefined()
    const id = await question()
    expect(faultOf(await onVm('AnswerVM', 'first', '<questionId>x</questionId><answerChoice>2</answerChoice>'))).toBe(
      'ConcurrentAccess',
    )
    await onVm('AnswerVM', 'first', `<questionId>${id}</questionId><answerChoice>2</answerChoice>`)
    expect(await soap.task(started)).toContain('<state>success')
  })

  it('have guests that boot, tell addresses, obey, ignore, or have no tools', async () => {
    const guestOfFirst = async (): Promise<string | undefined> =>
      (await soap.list('VirtualMachine', ['name', 'guest.ipAddress']))
        .split('<objects>')
        .find((each) => each.includes('>first<'))
    await expect.poll(guestOfFirst).toContain('10.20.')
    expect((await onVm('ShutdownGuest', 'first')).status).toBe(200)
    await expect.poll(() => simulator.vms().find((each) => each.name === 'first')?.powerState).toBe('poweredOff')
    simulator.faults.withoutTools('app-01')
    expect(faultOf(await onVm('ShutdownGuest', 'app-01'))).toBe('ToolsUnavailable')
    expect(faultOf(await onVm('ShutdownGuest', 'first'))).toBe('InvalidPowerState')
    expect((await onVm('AcquireTicket', 'app-01', '<ticketType>webmks</ticketType>')).text).toContain('<url>wss://')
  })

  it('move between hosts and stores, leave and come back', async () => {
    const hosts = [...(await soap.list('HostSystem', ['name'])).matchAll(/<obj type="HostSystem">([^<]*)</g)].map(
      ([, ref]) => ref,
    )
    const from = simulator.vms().find((each) => each.name === 'app-01')?.host
    const to = hosts.find((each) => each !== from)
    await soap.task(await onVm('RelocateVM_Task', 'app-01', `<spec><host type="HostSystem">${to}</host></spec>`))
    expect(simulator.vms().find((each) => each.name === 'app-01')?.host).toBe(to)
    expect(faultOf(await onVm('UnregisterVM', 'app-01'))).toBe('InvalidPowerState')
    const { instanceUuid, folder } = simulator.vms().find((each) => each.name === 'second') ?? {}
    expect((await onVm('UnregisterVM', 'second')).status).toBe(200)
    const path = '[datastore1] second/second.vmx'
    const back = await soap.call(
      'RegisterVM_Task',
      'Folder',
      folder ?? '',
      `<path>${path}</path><asTemplate>false</asTemplate><pool type="ResourcePool">${await refIn('ResourcePool')}</pool>`,
    )
    expect(await soap.task(back)).toContain('<state>success')
    expect(simulator.vms().find((each) => each.name === 'second')?.instanceUuid).toBe(instanceUuid)
  })

  it('leave events behind', async () => {
    const collector = await soap.call(
      'CreateCollectorForEvents',
      'EventManager',
      'EventManager',
      '<filter><eventTypeId>VmPoweredOnEvent</eventTypeId></filter>',
    )
    const page = await soap.call(
      'ReadNextEvents',
      'EventHistoryCollector',
      returnvalOf(collector),
      '<maxCount>5</maxCount>',
    )
    expect(page.text.match(/<returnval xsi:type="VmPoweredOnEvent">/g)?.length).toBe(5)
    await soap.call('DestroyCollector', 'EventHistoryCollector', returnvalOf(collector))
  })

  it('leave events behind, of which a question has the newest, no more than it asks for', async () => {
    const keysOf = async (count: string): Promise<number[]> => {
      const filter = `<filter><eventTypeId>VmPoweredOnEvent</eventTypeId>${count}</filter>`
      const { text } = await soap.call('QueryEvents', 'EventManager', 'EventManager', filter)
      return [...text.matchAll(/<key>(\d+)</g)].map(([, key]) => Number(key))
    }
    const all = await keysOf('')
    expect(all.length).toBeGreaterThan(3)
    expect(all).toEqual(all.toSorted((left, right) => right - left))
    expect(await keysOf('<maxCount>3</maxCount>')).toEqual(all.slice(0, 3))
    const tooMany = await soap.call(
      'QueryEvents',
      'EventManager',
      'EventManager',
      '<filter><maxCount>1001</maxCount></filter>',
    )
    expect(faultOf(tooMany)).toBe('InvalidArgument')
  })
})

describe('faults', () => {
  it('spoil the transport of one method', async () => {
    const path = callPath('CurrentTime')
    const time = (): Promise<SoapAnswer> => soap.call('CurrentTime', 'ServiceInstance', 'ServiceInstance')
    simulator.faults.add({ match: { path, times: 1 }, action: { type: 'drop-before' } })
    await expect(time()).rejects.toThrow('socket hang up')
    simulator.faults.add({ match: { path, times: 1 }, action: { type: 'garbage' } })
    await expect(time()).rejects.toThrow()
    expect((await time()).status).toBe(200)
    const before = simulator.vms().length
    simulator.faults.add({ match: { path: callPath('CloneVM_Task'), times: 1 }, action: { type: 'drop-after' } })
    await expect(clone('lost answer')).rejects.toThrow('socket hang up')
    await expect.poll(() => simulator.vms().length).toBe(before + 1)
  })

  it('answer the n-th call with a fault, deny a privilege, lose tasks, hide new VMs for a while', async () => {
    simulator.faults.failCall({ method: 'CurrentTime', fault: 'ResourceInUse', after: 1 })
    const time = (): Promise<SoapAnswer> => soap.call('CurrentTime', 'ServiceInstance', 'ServiceInstance')
    expect([faultOf(await time()), faultOf(await time()), faultOf(await time())]).toEqual([
      undefined,
      'ResourceInUse',
      undefined,
    ])
    simulator.faults.denyPrivilege('VirtualMachine.Interact.PowerOff')
    expect(faultOf(await onVm('PowerOffVM_Task', 'app-01'))).toBe('NoPermission')
    const lateness = 60_000
    simulator.faults.appearLate(lateness)
    const late = await clone('late')
    expect(await soap.task(late)).toContain('<state>success')
    expect(vm('late')).toBe('no late')
    simulator.clock.advance(lateness)
    await expect.poll(() => vm('late')).toMatch(/^vm-/)
    const lost = await onVm('ReconfigVM_Task', 'late', '<spec><annotation>x</annotation></spec>')
    simulator.faults.vanishTask(returnvalOf(lost))
    await expect(soap.call('CancelTask', 'Task', returnvalOf(lost)).then(faultOf)).resolves.toBe(
      'ManagedObjectNotFound',
    )
  })

  it('lose a host with its VMs, and fill a datastore', async () => {
    const { host } = simulator.vms().find((each) => each.name === 'app-01') ?? {}
    simulator.faults.hostState(host ?? '', 'notResponding')
    expect(simulator.vms().find((each) => each.name === 'app-01')?.connectionState).toBe('disconnected')
    simulator.faults.hostState(host ?? '', 'connected')
    simulator.faults.exhaustDatastore('datastore1')
    expect(taskFault(await soap.task(await clone('no room')))).toBe('NoDiskSpace')
  })
})

describe('a bare host', () => {
  it('has its own ids and cannot clone', async () => {
    await using host = await startVsphereSimulator({ product: 'esxi', speed: 200 })
    const session = await createSoapSession(host)
    expect(await session.list('Datacenter', ['name'])).toContain('<obj type="Datacenter">ha-datacenter</obj>')
    const [first] = host.vms()
    const clone = `<folder type="Folder">ha-folder-vm</folder><name>a</name><spec><location/><template>false</template><powerOn>false</powerOn></spec>`
    expect(faultOf(await session.call('CloneVM_Task', 'VirtualMachine', first?.ref ?? '', clone))).toBe('NotSupported')
    expect(faultOf(await session.call('MarkAsTemplate', 'VirtualMachine', first?.ref ?? ''))).toBe('NotSupported')
    const config =
      '<config><name>blank</name><files><vmPathName>[datastore1]</vmPathName></files></config><pool type="ResourcePool">ha-root-pool</pool>'
    expect(await session.task(await session.call('CreateVM_Task', 'Folder', 'ha-folder-vm', config))).toContain(
      '<state>success',
    )
  })
})
