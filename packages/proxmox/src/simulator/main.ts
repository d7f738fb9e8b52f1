import { runSimulatorProcess } from '@dcm/wire/loopback'
import { startProxmoxSimulator } from './start.js'

await runSimulatorProcess({
  start: startProxmoxSimulator,
  address: ({ url, port, ca, fingerprint256, nodes, credentials }) => ({
    url,
    port,
    ca,
    fingerprint256,
    nodes,
    credentials,
  }),
  isBusy: (simulator) => simulator.tasks().some(({ running }) => running),
})
