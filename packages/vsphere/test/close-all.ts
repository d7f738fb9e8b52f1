import { expect } from 'vitest'
import type { VsphereSimulator } from '../src/simulator/index.js'

interface Closable {
  close(): Promise<void>
}

/** Closes what tests opened, the latest first; no session is left at a simulator when its clients are closed. */
export async function closeAll(open: Closable[]): Promise<void> {
  for (const one of open.splice(0).reverse()) {
    const { sessions, restSessions } = one as Closable & Partial<Pick<VsphereSimulator, 'sessions' | 'restSessions'>> // what a simulator has besides
    if (sessions !== undefined) expect(sessions()).toEqual([])
    if (restSessions !== undefined) expect(restSessions()).toBe(0)
    await one.close()
  }
}
