import type { Handlers } from './handlers.js'
import { NativeRefusal } from './native-error.js'
import type { NativeImage } from './native-types.js'
import { need, type Site } from './site.js'
import { beginTask } from './tasks.js'
import { takeSpace } from './volumes.js'

/** Installation images. */
export const imageCalls: Pick<Handlers, 'image.put' | 'image.drop'> = {
  'image.put': (site, { image }) => {
    if (site.images.has(image.id)) return null
    need(site.stores, image.store, 'store')
    needFreeName(site, image)
    return beginTask(site, {
      call: 'image.put',
      ms: site.timings.imageMs,
      finish() {
        if (site.images.has(image.id)) return
        needFreeName(site, image)
        takeSpace(site, image.store, image.sizeBytes)
        site.images.set(image.id, image)
      },
      abandon: () => {},
    })
  },
  'image.drop': (site, { id }) => {
    const image = site.images.get(id)
    if (!image) return null
    const reader = [...site.vms.values()].find((vm) => vm.image === id && vm.state !== 'HALTED')
    if (reader) throw new NativeRefusal('IN_USE', `'${reader.id}' is up and has the image '${image.name}' in its drive`)
    site.images.delete(id)
    const store = site.stores.get(image.store)
    if (store) store.usedBytes -= image.sizeBytes
    return null
  },
}

function needFreeName(site: Site, { name, store }: NativeImage): void {
  const rival = [...site.images.values()].find((image) => image.name === name && image.store === store)
  if (rival) throw new NativeRefusal('DUPLICATE_NAME', `the store '${store}' has an image '${name}' already`)
}
