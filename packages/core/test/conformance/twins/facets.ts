import { type FacetName, type FacetOf, HypervisorError } from '@dcm/core'
import { but, type Fault, type TwinGroup } from './twin.js'

export const facetTwins: TwinGroup = {
  tries: [75, 76, 77, 78, 79, 80],
  twins: [
    {
      name: 'sweeper',
      breaks: 'it deletes the children of a snapshot with it',
      checks: [75],
      make: () =>
        faceted('snapshots', (snapshots) => ({
          delete: (input, options) => snapshots.delete({ ...input, children: true }, options),
        })),
    },
    {
      name: 'namesake',
      breaks: 'it goes back to another snapshot of the same name',
      checks: [75],
      make: () =>
        faceted('snapshots', (snapshots) => ({
          async revert(input, options) {
            const list = await snapshots.list({ ref: input.ref })
            const known = list.ok ? list.value.snapshots : []
            const name = known.find(({ id }) => id === input.snapshot)?.name
            const other = known.findLast((one) => one.name === name)
            return snapshots.revert({ ...input, snapshot: other?.id ?? input.snapshot }, options)
          },
        })),
    },
    {
      name: 'sanguine',
      breaks: 'its preview says that nothing needs a power-off',
      checks: [76],
      make: () => faceted('reconfigure', () => ({ preview: async () => ({ ok: true, value: { needsPowerOff: [] } }) })),
    },
    {
      name: 'tailor',
      breaks: 'it calls a disk that cannot shrink done',
      checks: [76],
      make: () =>
        faceted('disks', (disks) => ({
          grow: (input, options) => disks.grow({ ...input, sizeBytes: Math.max(input.sizeBytes, 2 ** 35) }, options),
        })),
    },
    {
      name: 'homesick',
      breaks: 'it finds a VM only where the ref says that it was seen last',
      checks: [77],
      make: () => ({
        adapter: (adapter) => ({
          async getVm(ref, context) {
            const vm = await adapter.getVm(ref, context)
            if (ref.locator === undefined || vm.ref.locator === ref.locator) return vm
            throw new HypervisorError('NOT_FOUND', `there is no VM '${ref.id}' on '${ref.locator}'`)
          },
        }),
      }),
    },
    {
      name: 'late riser',
      breaks: 'a port goes on from its own cursors only, and hides the gap of any other',
      checks: [78],
      make: () =>
        faceted('events', (events) => {
          const own = new Set<string>()
          return {
            async next({ cursor } = {}, options) {
              const known = cursor !== undefined && own.has(cursor)
              const batch = await events.next(known ? { cursor } : {}, options)
              if (batch.ok) own.add(batch.value.cursor)
              return batch
            },
          }
        }),
    },
    {
      name: 'glossy',
      breaks: 'it does not say that there is a gap',
      checks: [78],
      make: () =>
        faceted('events', (events) => ({
          async next(input, options) {
            const batch = await events.next(input, options)
            if (!batch.ok) return batch
            const told = batch.value.events.filter(({ type }) => type !== 'reset')
            return { ok: true, value: { ...batch.value, events: told } }
          },
        })),
    },
    {
      name: 'open door',
      breaks: 'the address of the console holds its secret',
      checks: [79],
      make: () =>
        faceted('console', (console) => ({
          async open(input, options) {
            const opened = await console.open(input, options)
            if (!opened.ok) return opened
            const url = `${opened.value.url}?ticket=${opened.value.secret.reveal()}`
            return { ok: true, value: { ...opened.value, url } }
          },
        })),
    },
    {
      name: 'insider',
      breaks: 'it gives every address that the guest tells, also those that lead nowhere from outside',
      checks: [80],
      make: () =>
        faceted('guest', (guest) => ({
          async info(input, options) {
            const info = await guest.info(input, options)
            if (!info.ok) return info
            const addresses = info.value.interfaces.flatMap((one) => one.addresses).toSorted()
            return { ok: true, value: { ...info.value, addresses } }
          },
        })),
    },
    {
      name: 'all the time in the world',
      breaks: 'it ignores how long a program may take',
      checks: [80],
      make: () =>
        faceted('guest', (guest) => ({
          exec: ({ limitMs: _, ...input }, options) => guest.exec({ ...input, limitMs: 3000 }, options),
        })),
    },
  ],
}

/** Other methods of one facet. */
function faceted<K extends FacetName>(name: K, change: (facet: FacetOf<K>) => Partial<FacetOf<K>>): Fault {
  return {
    port: (port) =>
      but(port, {
        async facet(asked, options) {
          const answer = await port.facet(asked, options)
          if (!answer.ok || asked !== (name as FacetName)) return answer
          // The facet of that name, which was compared.
          const facet = answer.value as unknown as FacetOf<K>
          return { ok: true, value: but(facet, change(facet)) as unknown as typeof answer.value }
        },
      }),
  }
}
