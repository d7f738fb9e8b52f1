import type { AllowedSkips } from '@dcm/core/conformance/run'

/** What a vCenter cannot be asked, and why. */
export const allowedSkips: AllowedSkips = {
  26: 'a vCenter keeps its inventory while a host is lost: nothing is missing from a list',
  35: 'an instanceUuid is never given to another VM',
  42: 'the id of a VM is chosen by its creator and as unique as its key: nobody else takes it',
  62: 'an instanceUuid is never given to another VM',
  68: 'a task of vSphere succeeds or fails: it knows no warnings',
}
