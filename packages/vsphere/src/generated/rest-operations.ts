// Generated from specs/vsphere/rest.openapi.json by `pnpm generate`. Do not edit.

export interface RestRequestForm {
  readonly method: string
  /** Members in braces are parameters. */
  readonly path: string
  /** Fixed query; values in braces are parameters. */
  readonly query?: Readonly<Record<string, string>>
  /** Member that holds the body. */
  readonly wrap?: string
}

export interface RestOperationFacts {
  readonly api: RestRequestForm
  readonly rest: RestRequestForm
  /** Parameters that stand in the query of `/api`. */
  readonly query?: readonly string[]
  readonly read?: boolean
  readonly blocks?: boolean
  /** The result is a list. */
  readonly list?: boolean
}

/** Members that are maps: lists of key and value in `/rest`. */
export const restMaps: readonly string[] = [
  'disk_storage_overrides',
  'disks',
  'disks_to_update',
  'network_mappings',
  'nics',
  'storage_mappings',
]

/** Members that are lists; `/rest` may write null for an empty one. */
export const restLists: readonly string[] = [
  'EULAs',
  'additional_parameters',
  'additional_params',
  'args',
  'associable_types',
  'disks_to_remove',
  'error_messages',
  'errors',
  'flags',
  'information',
  'invalid_files',
  'issues',
  'missing_files',
  'networks',
  'object_ids',
  'storage_backings',
  'storage_groups',
  'storage_uris',
  'tag_ids',
  'used_by',
  'warnings',
]

export const restOperations: Readonly<Record<string, RestOperationFacts>> = {
  'GET /session': {
    api: { method: 'GET', path: '/session' },
    rest: { method: 'POST', path: '/com/vmware/cis/session', query: { '~action': 'get' } },
    read: true,
  },
  'GET /cis/tagging/category': {
    api: { method: 'GET', path: '/cis/tagging/category' },
    rest: { method: 'GET', path: '/com/vmware/cis/tagging/category' },
    read: true,
    list: true,
  },
  'POST /cis/tagging/category': {
    api: { method: 'POST', path: '/cis/tagging/category' },
    rest: { method: 'POST', path: '/com/vmware/cis/tagging/category', wrap: 'create_spec' },
  },
  'GET /cis/tagging/category/{category_id}': {
    api: { method: 'GET', path: '/cis/tagging/category/{category_id}' },
    rest: { method: 'GET', path: '/com/vmware/cis/tagging/category/id:{category_id}' },
    read: true,
  },
  'PATCH /cis/tagging/category/{category_id}': {
    api: { method: 'PATCH', path: '/cis/tagging/category/{category_id}' },
    rest: { method: 'PATCH', path: '/com/vmware/cis/tagging/category/id:{category_id}', wrap: 'update_spec' },
  },
  'DELETE /cis/tagging/category/{category_id}': {
    api: { method: 'DELETE', path: '/cis/tagging/category/{category_id}' },
    rest: { method: 'DELETE', path: '/com/vmware/cis/tagging/category/id:{category_id}' },
  },
  'GET /cis/tagging/tag': {
    api: { method: 'GET', path: '/cis/tagging/tag' },
    rest: { method: 'GET', path: '/com/vmware/cis/tagging/tag' },
    read: true,
    list: true,
  },
  'POST /cis/tagging/tag': {
    api: { method: 'POST', path: '/cis/tagging/tag' },
    rest: { method: 'POST', path: '/com/vmware/cis/tagging/tag', wrap: 'create_spec' },
  },
  'POST /cis/tagging/tag?action=list-tags-for-category': {
    api: { method: 'POST', path: '/cis/tagging/tag', query: { action: 'list-tags-for-category' } },
    rest: {
      method: 'POST',
      path: '/com/vmware/cis/tagging/tag/id:{category_id}',
      query: { '~action': 'list-tags-for-category' },
    },
    read: true,
    list: true,
  },
  'GET /cis/tagging/tag/{tag_id}': {
    api: { method: 'GET', path: '/cis/tagging/tag/{tag_id}' },
    rest: { method: 'GET', path: '/com/vmware/cis/tagging/tag/id:{tag_id}' },
    read: true,
  },
  'PATCH /cis/tagging/tag/{tag_id}': {
    api: { method: 'PATCH', path: '/cis/tagging/tag/{tag_id}' },
    rest: { method: 'PATCH', path: '/com/vmware/cis/tagging/tag/id:{tag_id}', wrap: 'update_spec' },
  },
  'DELETE /cis/tagging/tag/{tag_id}': {
    api: { method: 'DELETE', path: '/cis/tagging/tag/{tag_id}' },
    rest: { method: 'DELETE', path: '/com/vmware/cis/tagging/tag/id:{tag_id}' },
  },
  'POST /cis/tagging/tag-association/{tag_id}?action=attach': {
    api: { method: 'POST', path: '/cis/tagging/tag-association/{tag_id}', query: { action: 'attach' } },
    rest: {
      method: 'POST',
      path: '/com/vmware/cis/tagging/tag-association/id:{tag_id}',
      query: { '~action': 'attach' },
    },
  },
  'POST /cis/tagging/tag-association/{tag_id}?action=detach': {
    api: { method: 'POST', path: '/cis/tagging/tag-association/{tag_id}', query: { action: 'detach' } },
    rest: {
      method: 'POST',
      path: '/com/vmware/cis/tagging/tag-association/id:{tag_id}',
      query: { '~action': 'detach' },
    },
  },
  'POST /cis/tagging/tag-association/{tag_id}?action=attach-tag-to-multiple-objects': {
    api: {
      method: 'POST',
      path: '/cis/tagging/tag-association/{tag_id}',
      query: { action: 'attach-tag-to-multiple-objects' },
    },
    rest: {
      method: 'POST',
      path: '/com/vmware/cis/tagging/tag-association/id:{tag_id}',
      query: { '~action': 'attach-tag-to-multiple-objects' },
    },
  },
  'POST /cis/tagging/tag-association/{tag_id}?action=detach-tag-from-multiple-objects': {
    api: {
      method: 'POST',
      path: '/cis/tagging/tag-association/{tag_id}',
      query: { action: 'detach-tag-from-multiple-objects' },
    },
    rest: {
      method: 'POST',
      path: '/com/vmware/cis/tagging/tag-association/id:{tag_id}',
      query: { '~action': 'detach-tag-from-multiple-objects' },
    },
  },
  'POST /cis/tagging/tag-association/{tag_id}?action=list-attached-objects': {
    api: { method: 'POST', path: '/cis/tagging/tag-association/{tag_id}', query: { action: 'list-attached-objects' } },
    rest: {
      method: 'POST',
      path: '/com/vmware/cis/tagging/tag-association/id:{tag_id}',
      query: { '~action': 'list-attached-objects' },
    },
    read: true,
    list: true,
  },
  'POST /cis/tagging/tag-association?action=attach-multiple-tags-to-object': {
    api: { method: 'POST', path: '/cis/tagging/tag-association', query: { action: 'attach-multiple-tags-to-object' } },
    rest: {
      method: 'POST',
      path: '/com/vmware/cis/tagging/tag-association',
      query: { '~action': 'attach-multiple-tags-to-object' },
    },
  },
  'POST /cis/tagging/tag-association?action=detach-multiple-tags-from-object': {
    api: {
      method: 'POST',
      path: '/cis/tagging/tag-association',
      query: { action: 'detach-multiple-tags-from-object' },
    },
    rest: {
      method: 'POST',
      path: '/com/vmware/cis/tagging/tag-association',
      query: { '~action': 'detach-multiple-tags-from-object' },
    },
  },
  'POST /cis/tagging/tag-association?action=list-attached-tags': {
    api: { method: 'POST', path: '/cis/tagging/tag-association', query: { action: 'list-attached-tags' } },
    rest: {
      method: 'POST',
      path: '/com/vmware/cis/tagging/tag-association',
      query: { '~action': 'list-attached-tags' },
    },
    read: true,
    list: true,
  },
  'POST /cis/tagging/tag-association?action=list-attached-tags-on-objects': {
    api: { method: 'POST', path: '/cis/tagging/tag-association', query: { action: 'list-attached-tags-on-objects' } },
    rest: {
      method: 'POST',
      path: '/com/vmware/cis/tagging/tag-association',
      query: { '~action': 'list-attached-tags-on-objects' },
    },
    read: true,
    list: true,
  },
  'POST /cis/tagging/tag-association?action=list-attached-objects-on-tags': {
    api: { method: 'POST', path: '/cis/tagging/tag-association', query: { action: 'list-attached-objects-on-tags' } },
    rest: {
      method: 'POST',
      path: '/com/vmware/cis/tagging/tag-association',
      query: { '~action': 'list-attached-objects-on-tags' },
    },
    read: true,
    list: true,
  },
  'GET /content/library': {
    api: { method: 'GET', path: '/content/library' },
    rest: { method: 'GET', path: '/com/vmware/content/library' },
    read: true,
    list: true,
  },
  'POST /content/library?action=find': {
    api: { method: 'POST', path: '/content/library', query: { action: 'find' } },
    rest: { method: 'POST', path: '/com/vmware/content/library', query: { '~action': 'find' }, wrap: 'spec' },
    read: true,
    list: true,
  },
  'GET /content/library/{library_id}': {
    api: { method: 'GET', path: '/content/library/{library_id}' },
    rest: { method: 'GET', path: '/com/vmware/content/library/id:{library_id}' },
    read: true,
  },
  'GET /content/local-library': {
    api: { method: 'GET', path: '/content/local-library' },
    rest: { method: 'GET', path: '/com/vmware/content/local-library' },
    read: true,
    list: true,
  },
  'POST /content/local-library': {
    api: { method: 'POST', path: '/content/local-library' },
    rest: { method: 'POST', path: '/com/vmware/content/local-library', wrap: 'create_spec' },
    query: ['client_token'],
  },
  'PATCH /content/local-library/{library_id}': {
    api: { method: 'PATCH', path: '/content/local-library/{library_id}' },
    rest: { method: 'PATCH', path: '/com/vmware/content/local-library/id:{library_id}', wrap: 'update_spec' },
  },
  'DELETE /content/local-library/{library_id}': {
    api: { method: 'DELETE', path: '/content/local-library/{library_id}' },
    rest: { method: 'DELETE', path: '/com/vmware/content/local-library/id:{library_id}' },
  },
  'GET /content/subscribed-library': {
    api: { method: 'GET', path: '/content/subscribed-library' },
    rest: { method: 'GET', path: '/com/vmware/content/subscribed-library' },
    read: true,
    list: true,
  },
  'POST /content/subscribed-library/{library_id}?action=sync': {
    api: { method: 'POST', path: '/content/subscribed-library/{library_id}', query: { action: 'sync' } },
    rest: {
      method: 'POST',
      path: '/com/vmware/content/subscribed-library/id:{library_id}',
      query: { '~action': 'sync' },
    },
  },
  'GET /content/library/item': {
    api: { method: 'GET', path: '/content/library/item' },
    rest: { method: 'GET', path: '/com/vmware/content/library/item', query: { library_id: '{library_id}' } },
    query: ['library_id'],
    read: true,
    list: true,
  },
  'POST /content/library/item': {
    api: { method: 'POST', path: '/content/library/item' },
    rest: { method: 'POST', path: '/com/vmware/content/library/item', wrap: 'create_spec' },
    query: ['client_token'],
  },
  'POST /content/library/item?action=find': {
    api: { method: 'POST', path: '/content/library/item', query: { action: 'find' } },
    rest: { method: 'POST', path: '/com/vmware/content/library/item', query: { '~action': 'find' }, wrap: 'spec' },
    read: true,
    list: true,
  },
  'GET /content/library/item/{library_item_id}': {
    api: { method: 'GET', path: '/content/library/item/{library_item_id}' },
    rest: { method: 'GET', path: '/com/vmware/content/library/item/id:{library_item_id}' },
    read: true,
  },
  'PATCH /content/library/item/{library_item_id}': {
    api: { method: 'PATCH', path: '/content/library/item/{library_item_id}' },
    rest: { method: 'PATCH', path: '/com/vmware/content/library/item/id:{library_item_id}', wrap: 'update_spec' },
  },
  'DELETE /content/library/item/{library_item_id}': {
    api: { method: 'DELETE', path: '/content/library/item/{library_item_id}' },
    rest: { method: 'DELETE', path: '/com/vmware/content/library/item/id:{library_item_id}' },
  },
  'GET /content/library/item/{library_item_id}/file': {
    api: { method: 'GET', path: '/content/library/item/{library_item_id}/file' },
    rest: {
      method: 'GET',
      path: '/com/vmware/content/library/item/file',
      query: { library_item_id: '{library_item_id}' },
    },
    read: true,
    list: true,
  },
  'GET /content/library/item/{library_item_id}/storage': {
    api: { method: 'GET', path: '/content/library/item/{library_item_id}/storage' },
    rest: {
      method: 'GET',
      path: '/com/vmware/content/library/item/storage',
      query: { library_item_id: '{library_item_id}' },
    },
    read: true,
    list: true,
  },
  'POST /content/library/item/update-session': {
    api: { method: 'POST', path: '/content/library/item/update-session' },
    rest: { method: 'POST', path: '/com/vmware/content/library/item/update-session', wrap: 'create_spec' },
    query: ['client_token'],
  },
  'GET /content/library/item/update-session/{update_session_id}': {
    api: { method: 'GET', path: '/content/library/item/update-session/{update_session_id}' },
    rest: { method: 'GET', path: '/com/vmware/content/library/item/update-session/id:{update_session_id}' },
    read: true,
  },
  'DELETE /content/library/item/update-session/{update_session_id}': {
    api: { method: 'DELETE', path: '/content/library/item/update-session/{update_session_id}' },
    rest: { method: 'DELETE', path: '/com/vmware/content/library/item/update-session/id:{update_session_id}' },
  },
  'POST /content/library/item/update-session/{update_session_id}?action=complete': {
    api: {
      method: 'POST',
      path: '/content/library/item/update-session/{update_session_id}',
      query: { action: 'complete' },
    },
    rest: {
      method: 'POST',
      path: '/com/vmware/content/library/item/update-session/id:{update_session_id}',
      query: { '~action': 'complete' },
    },
  },
  'POST /content/library/item/update-session/{update_session_id}?action=cancel': {
    api: {
      method: 'POST',
      path: '/content/library/item/update-session/{update_session_id}',
      query: { action: 'cancel' },
    },
    rest: {
      method: 'POST',
      path: '/com/vmware/content/library/item/update-session/id:{update_session_id}',
      query: { '~action': 'cancel' },
    },
  },
  'POST /content/library/item/update-session/{update_session_id}?action=fail': {
    api: {
      method: 'POST',
      path: '/content/library/item/update-session/{update_session_id}',
      query: { action: 'fail' },
    },
    rest: {
      method: 'POST',
      path: '/com/vmware/content/library/item/update-session/id:{update_session_id}',
      query: { '~action': 'fail' },
    },
  },
  'POST /content/library/item/update-session/{update_session_id}?action=keep-alive': {
    api: {
      method: 'POST',
      path: '/content/library/item/update-session/{update_session_id}',
      query: { action: 'keep-alive' },
    },
    rest: {
      method: 'POST',
      path: '/com/vmware/content/library/item/update-session/id:{update_session_id}',
      query: { '~action': 'keep-alive' },
    },
  },
  'GET /content/library/item/update-session/{update_session_id}/file': {
    api: { method: 'GET', path: '/content/library/item/update-session/{update_session_id}/file' },
    rest: {
      method: 'GET',
      path: '/com/vmware/content/library/item/updatesession/file',
      query: { update_session_id: '{update_session_id}' },
    },
    read: true,
    list: true,
  },
  'POST /content/library/item/update-session/{update_session_id}/file': {
    api: { method: 'POST', path: '/content/library/item/update-session/{update_session_id}/file' },
    rest: {
      method: 'POST',
      path: '/com/vmware/content/library/item/updatesession/file/id:{update_session_id}',
      query: { '~action': 'add' },
      wrap: 'file_spec',
    },
  },
  'POST /content/library/item/update-session/{update_session_id}/file?action=validate': {
    api: {
      method: 'POST',
      path: '/content/library/item/update-session/{update_session_id}/file',
      query: { action: 'validate' },
    },
    rest: {
      method: 'POST',
      path: '/com/vmware/content/library/item/updatesession/file/id:{update_session_id}',
      query: { '~action': 'validate' },
    },
  },
  'GET /content/library/item/update-session/{update_session_id}/file/{file_name}': {
    api: { method: 'GET', path: '/content/library/item/update-session/{update_session_id}/file/{file_name}' },
    rest: {
      method: 'POST',
      path: '/com/vmware/content/library/item/updatesession/file/id:{update_session_id}',
      query: { '~action': 'get' },
    },
    read: true,
  },
  'POST /content/library/item/download-session': {
    api: { method: 'POST', path: '/content/library/item/download-session' },
    rest: { method: 'POST', path: '/com/vmware/content/library/item/download-session', wrap: 'create_spec' },
    query: ['client_token'],
  },
  'GET /content/library/item/download-session/{download_session_id}': {
    api: { method: 'GET', path: '/content/library/item/download-session/{download_session_id}' },
    rest: { method: 'GET', path: '/com/vmware/content/library/item/download-session/id:{download_session_id}' },
    read: true,
  },
  'DELETE /content/library/item/download-session/{download_session_id}': {
    api: { method: 'DELETE', path: '/content/library/item/download-session/{download_session_id}' },
    rest: { method: 'DELETE', path: '/com/vmware/content/library/item/download-session/id:{download_session_id}' },
  },
  'POST /content/library/item/download-session/{download_session_id}/file?action=prepare': {
    api: {
      method: 'POST',
      path: '/content/library/item/download-session/{download_session_id}/file',
      query: { action: 'prepare' },
    },
    rest: {
      method: 'POST',
      path: '/com/vmware/content/library/item/downloadsession/file/id:{download_session_id}',
      query: { '~action': 'prepare' },
    },
  },
  'GET /content/library/item/download-session/{download_session_id}/file': {
    api: { method: 'GET', path: '/content/library/item/download-session/{download_session_id}/file' },
    rest: {
      method: 'POST',
      path: '/com/vmware/content/library/item/downloadsession/file/id:{download_session_id}',
      query: { '~action': 'get' },
    },
    query: ['file_name'],
    read: true,
  },
  'POST /vcenter/ovf/library-item/{library_item_id}?action=filter': {
    api: { method: 'POST', path: '/vcenter/ovf/library-item/{library_item_id}', query: { action: 'filter' } },
    rest: {
      method: 'POST',
      path: '/com/vmware/vcenter/ovf/library-item/id:{library_item_id}',
      query: { '~action': 'filter' },
    },
    read: true,
  },
  'POST /vcenter/ovf/library-item/{library_item_id}?action=deploy': {
    api: { method: 'POST', path: '/vcenter/ovf/library-item/{library_item_id}', query: { action: 'deploy' } },
    rest: {
      method: 'POST',
      path: '/com/vmware/vcenter/ovf/library-item/id:{library_item_id}',
      query: { '~action': 'deploy' },
    },
    query: ['client_token'],
    blocks: true,
  },
  'POST /vcenter/ovf/library-item': {
    api: { method: 'POST', path: '/vcenter/ovf/library-item' },
    rest: { method: 'POST', path: '/com/vmware/vcenter/ovf/library-item' },
    query: ['client_token'],
    blocks: true,
  },
  'GET /vcenter/vm-template/library-items/{library_item_id}': {
    api: { method: 'GET', path: '/vcenter/vm-template/library-items/{library_item_id}' },
    rest: { method: 'GET', path: '/vcenter/vm-template/library-items/{library_item_id}' },
    read: true,
  },
  'POST /vcenter/vm-template/library-items': {
    api: { method: 'POST', path: '/vcenter/vm-template/library-items' },
    rest: { method: 'POST', path: '/vcenter/vm-template/library-items', wrap: 'spec' },
    blocks: true,
  },
  'POST /vcenter/vm-template/library-items/{library_item_id}?action=deploy': {
    api: { method: 'POST', path: '/vcenter/vm-template/library-items/{library_item_id}', query: { action: 'deploy' } },
    rest: {
      method: 'POST',
      path: '/vcenter/vm-template/library-items/{library_item_id}',
      query: { action: 'deploy' },
      wrap: 'spec',
    },
    blocks: true,
  },
}
