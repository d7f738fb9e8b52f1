import type { VsphereSimulator } from '@dcm/vsphere/simulator'

/** Where an example works. */
export interface Endpoint {
  readonly url: string
  /** SHA-256 of the server's certificate, `AA:BB:...`; undefined where authorities that Node knows vouch for it. */
  readonly fingerprint256?: string
  readonly auth: { readonly username: string; readonly password: string }
  /** An account inside the guests. */
  readonly guestLogin: { readonly username: string; readonly password: string }
  /** Undefined for a vCenter of yours. */
  readonly simulator?: VsphereSimulator
  close(): Promise<void>
}

/**
 * A vCenter of yours, by VSPHERE_URL, VSPHERE_USER, VSPHERE_PASSWORD, VSPHERE_FINGERPRINT256, GUEST_USER and GUEST_PASSWORD; without
 * them, a simulated one in this process.
 */
export async function openEndpoint(environment: NodeJS.ProcessEnv = process.env): Promise<Endpoint> {
  const { VSPHERE_URL: url, VSPHERE_FINGERPRINT256: fingerprint256 } = environment
  if (url !== undefined) {
    return {
      url,
      ...(fingerprint256 !== undefined && { fingerprint256 }),
      auth: { username: environment.VSPHERE_USER ?? '', password: environment.VSPHERE_PASSWORD ?? '' },
      guestLogin: { username: environment.GUEST_USER ?? 'root', password: environment.GUEST_PASSWORD ?? '' },
      close: async () => {},
    }
  }
  const { startVsphereSimulator } = await import('@dcm/vsphere/simulator')
  const simulator = await startVsphereSimulator({ speed: 20 })
  return {
    url: simulator.url,
    fingerprint256: simulator.fingerprint256,
    auth: simulator.credentials,
    guestLogin: simulator.guestLogin,
    simulator,
    close: () => simulator.close(),
  }
}
