// Runs a program inside a VM and reads a file of it: npx tsx examples/vsphere/src/guest-exec.ts [VM [program [arguments ...]]]
import { createRegistry, type GuestLogin, unwrap } from '@dcm/core'
import { vsphere } from '@dcm/vsphere'
import { openEndpoint } from './endpoint.js'

const endpoint = await openEndpoint()
const { url, fingerprint256, auth, guestLogin } = endpoint
const port = unwrap(
  await createRegistry([vsphere]).connect({
    type: 'vsphere',
    endpoint: 'example',
    url,
    ...(fingerprint256 !== undefined && { fingerprint256 }),
    auth: { username: auth.username, password: { secretValue: auth.password } },
  }),
)

const [wanted, ...given] = process.argv.slice(2)
const command = given.length > 0 ? given : ['cat', '/etc/hostname', '/etc/none']
try {
  const { items } = unwrap(await port.listVms())
  const vm = items.find(({ name, powerState }) => (wanted === undefined ? powerState === 'running' : name === wanted))
  if (vm === undefined) throw new Error(`there is no ${wanted ?? 'VM that runs'}`)
  const { ref } = vm
  const guest = unwrap(await port.facet('guest'))

  // VMware Tools tell of themselves some time after the VM was started.
  let info = unwrap(await guest.info({ ref }))
  for (; info.agent !== 'running'; info = unwrap(await guest.info({ ref }))) {
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  console.log(
    `${vm.name} is ${info.hostname ?? 'a guest without a name'} at ${info.addresses.join(', ') || 'no address yet'}`,
  )

  // In a handle, and on any screen, the password never shows.
  const login: GuestLogin = { userName: guestLogin.username, password: { secretValue: guestLogin.password } }
  const { exitCode, stdout, stderr } = unwrap(await unwrap(await guest.exec({ ref, command, login })).wait())
  console.log(`${command.join(' ')} ended with ${exitCode}\n${stdout}${stderr}`.trimEnd())

  const { dataBase64 } = unwrap(await guest.readFile({ ref, path: '/etc/hostname', login }))
  console.log(`/etc/hostname: ${Buffer.from(dataBase64, 'base64').toString().trim()}`)
} finally {
  await port.close()
  await endpoint.close()
}
