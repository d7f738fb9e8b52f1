import type { AdapterFacetOf } from '../../../model/facets/facets.js'
import type { Image } from '../../../model/facets/images.js'
import type { NativeImage } from '../../platform/native-types.js'
import type { Connection } from '../connection.js'
import { listing } from '../inventory.js'
import { missing } from '../vm-state.js'
import { measureImage } from './image-source.js'
import { nativeOperation } from './native-operation.js'
import { findAmong, resolveId } from './resolve.js'

/** Images are read by us, whatever they come from; the platform keeps their size and digest, never their bytes. */
export function imagesFacet(connection: Connection, site: string): AdapterFacetOf<'images'> {
  return {
    async list(_input, { signal }) {
      const { images } = await connection.call('inventory', {}, signal)
      return listing(images.map(mapImage), [], connection.endpoint)
    },
    upload: nativeOperation(connection, {
      plan: async ({ datastore }, signal) => ({
        settled: false,
        image: crypto.randomUUID(),
        store: await resolveId(connection, site, datastore, 'datastore', 'datastore', signal),
      }),
      async send({ input, state, signal }) {
        const { image: id = '', store = '' } = state
        const measured = await measureImage(input.source, signal)
        return connection.call('image.put', { image: { id, name: input.name, store, ...measured } }, signal)
      },
      takeBack: ({ state, signal }) => connection.call('image.drop', { id: state.image ?? '' }, signal),
      async result({ state, signal }) {
        const { images } = await connection.call('inventory', {}, signal)
        const made = images.find(({ id }) => id === state.image)
        if (made) return mapImage(made)
        throw missing(`the image '${state.image}' was removed meanwhile`, connection.endpoint)
      },
    }),
    delete: nativeOperation(connection, {
      async plan({ image }, signal) {
        const { images } = await connection.call('inventory', {}, signal)
        const candidates = images.map(({ id, name, store }) => ({ id, name, within: [store] }))
        const found = findAmong(candidates, image, { path: 'image', kind: 'image' })
        return { settled: found === undefined, gone: found === undefined ? [] : [found] }
      },
      send: ({ state, signal }) => connection.call('image.drop', { id: state.gone?.[0] ?? '' }, signal),
      result: async ({ state }) => ({ removed: state.gone ?? [], left: [] }),
    }),
  }
}

function mapImage({ id, name, store, sizeBytes }: NativeImage): Image {
  return { id, name, datastore: store, sizeBytes }
}
