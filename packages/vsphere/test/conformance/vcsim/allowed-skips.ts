import type { AllowedSkips } from '@dcm/core/conformance/run'

const noSwitch = 'vcsim has no switch for it; the simulator of this package has'
const oneMethod =
  'rules of vcsim count the calls of one method, not what changes something; kills and stories run on the simulator'
const noTickets = 'vcsim gives no console tickets'
const noKeptDisks =
  'vcsim removes the folder of a VM with all that lies in it, disks that were taken out of the VM too: volumes are counted on the simulator'
const never = 'an instanceUuid is never given to another VM'

/** What vcsim cannot do, or a vCenter cannot be asked. What vcsim lacks, the simulator of this package has. */
export const allowedSkips: AllowedSkips = {
  4: noTickets,
  12: 'vcsim knows no rights',
  26: 'a vCenter keeps its inventory while a host is lost: nothing is missing from a list',
  29: 'the 10,000 VMs are listed on the simulator of this package, and by the benchmark',
  30: noSwitch,
  35: never,
  42: 'the id of a VM is chosen by its creator and as unique as its key: nobody else takes it',
  43: oneMethod,
  44: oneMethod,
  46: 'all VMs of vcsim have names of their own',
  48: 'datastores of vcsim are never full',
  50: oneMethod,
  53: 'guests of vcsim obey, whether or not they could be asked',
  54: 'guests of vcsim obey, whether or not they could be asked',
  55: noSwitch,
  56: noSwitch,
  57: 'vcsim does not count boots',
  58: noKeptDisks,
  59: noKeptDisks,
  62: never,
  66: noSwitch,
  67: noSwitch,
  68: 'a task of vSphere succeeds or fails: it knows no warnings',
  72: noSwitch,
  79: noTickets,
  80: 'guests of vcsim are containers, which are not started here',
  81: 'vcsim does not count requests at once',
  82: 'vcsim does not count sockets at once',
}
