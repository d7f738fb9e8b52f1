import { runSimulatorProcess } from '@dcm/wire/loopback'
import { startVsphereSimulator } from './start.js'

await runSimulatorProcess({
  start: startVsphereSimulator,
  address: ({ url, port, ca, fingerprint256, fingerprint1, credentials, instanceUuid, token, guestLogin }) => ({
    url,
    port,
    ca,
    fingerprint256,
    fingerprint1,
    credentials,
    instanceUuid,
    token,
    guestLogin,
  }),
  isBusy: (simulator) => simulator.tasks().some(({ state }) => state === 'queued' || state === 'running'),
})
