import type { Handlers } from './handlers.js'
import { NativeRefusal } from './native-error.js'
import { need, needVm } from './site.js'

type FolderCall = 'folder.list' | 'folder.put' | 'folder.drop' | 'vm.file'

/** Where VMs are filed. All is done at once. */
export const folderCalls: Pick<Handlers, FolderCall> = {
  'folder.list': (site) => [...site.folders.values()],
  'folder.put': (site, { folder }) => {
    if (site.folders.has(folder.id)) return null
    if (folder.parent !== undefined) need(site.folders, folder.parent, 'folder')
    const there = [...site.folders.values()].filter(({ parent }) => parent === folder.parent)
    if (there.some(({ name }) => name === folder.name)) {
      throw new NativeRefusal('DUPLICATE_NAME', `a folder '${folder.name}' lies there already`)
    }
    site.folders.set(folder.id, { ...folder })
    return null
  },
  'folder.drop': (site, { id }) => {
    const inside = [
      ...[...site.folders.values()].filter(({ parent }) => parent === id),
      ...[...site.vms.values()].filter(({ folder }) => folder === id),
    ]
    const [first] = inside
    if (first) throw new NativeRefusal('IN_USE', `'${first.name}' lies in the folder '${id}'`)
    site.folders.delete(id)
    return null
  },
  'vm.file': (site, { folder, ...target }) => {
    const vm = needVm(site, target)
    vm.folder = need(site.folders, folder, 'folder').id
    vm.version += 1
    return null
  },
}
