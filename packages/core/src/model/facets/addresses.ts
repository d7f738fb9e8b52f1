import type { GuestInterface } from './guest.js'

/** Bridges and tunnels that containers, clusters and nested VMs use inside a guest: nobody outside reaches them. */
const inner =
  /^(lo\d*$|docker|br-[0-9a-f]{12}$|veth(?!ernet)|virbr|vnet|cni|podman|flannel|cali|tunl|lx[cd]|kube-|Loopback |vEthernet \((nat|WSL|Default))/i

/** Loopback, link-local, unspecified and multicast addresses lead nowhere from outside. */
const nowhere = /^(127\.|0\.|169\.254\.|2(2[4-9]|3\d)\.|::1?$|fe[89ab][0-9a-f]:|ff[0-9a-f]{2}:)/i

/** Asks node:net, which is loaded at first use: importing it costs as much as importing all the rest of this package. */
const isIP = (address: string): number => process.getBuiltinModule('node:net').isIP(address)

/** The addresses under which a guest can be reached, IPv4 first, each once. */
export function reachableAddresses(interfaces: readonly GuestInterface[]): readonly string[] {
  const addresses = interfaces
    .filter(({ name }) => !inner.test(name))
    .flatMap((one) => one.addresses)
    .map((address) => address.split(/[%/]/)[0] ?? '')
    .filter((address) => isIP(address) !== 0 && !nowhere.test(address))
  return [...new Set(addresses)].sort((left, right) => isIP(left) - isIP(right))
}
