// Generated from specs/vsphere/rest.openapi.json by `pnpm generate`. Do not edit.

export interface paths {
  readonly "/session": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get: operations["getSession"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/cis/tagging/category": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get: operations["listCategories"];
    readonly put?: never;
    readonly post: operations["createCategory"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/cis/tagging/category/{category_id}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get: operations["getCategory"];
    readonly put?: never;
    readonly post?: never;
    readonly delete: operations["deleteCategory"];
    readonly options?: never;
    readonly head?: never;
    readonly patch: operations["changeCategory"];
    readonly trace?: never;
  };
  readonly "/cis/tagging/tag": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get: operations["listTags"];
    readonly put?: never;
    readonly post: operations["createTag"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/cis/tagging/tag?action=list-tags-for-category": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["listTagsOfCategory"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/cis/tagging/tag/{tag_id}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get: operations["getTag"];
    readonly put?: never;
    readonly post?: never;
    readonly delete: operations["deleteTag"];
    readonly options?: never;
    readonly head?: never;
    readonly patch: operations["changeTag"];
    readonly trace?: never;
  };
  readonly "/cis/tagging/tag-association/{tag_id}?action=attach": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["attachTag"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/cis/tagging/tag-association/{tag_id}?action=detach": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["detachTag"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/cis/tagging/tag-association/{tag_id}?action=attach-tag-to-multiple-objects": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["attachTagToObjects"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/cis/tagging/tag-association/{tag_id}?action=detach-tag-from-multiple-objects": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["detachTagFromObjects"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/cis/tagging/tag-association/{tag_id}?action=list-attached-objects": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["listObjectsOfTag"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/cis/tagging/tag-association?action=attach-multiple-tags-to-object": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["attachTags"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/cis/tagging/tag-association?action=detach-multiple-tags-from-object": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["detachTags"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/cis/tagging/tag-association?action=list-attached-tags": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["listTagsOfObject"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/cis/tagging/tag-association?action=list-attached-tags-on-objects": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["listTagsOfObjects"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/cis/tagging/tag-association?action=list-attached-objects-on-tags": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["listObjectsOfTags"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/library": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get: operations["listLibraries"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/library?action=find": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["findLibraries"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/library/{library_id}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get: operations["getLibrary"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/local-library": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get: operations["listLocalLibraries"];
    readonly put?: never;
    readonly post: operations["createLibrary"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/local-library/{library_id}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post?: never;
    readonly delete: operations["deleteLibrary"];
    readonly options?: never;
    readonly head?: never;
    readonly patch: operations["changeLibrary"];
    readonly trace?: never;
  };
  readonly "/content/subscribed-library": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get: operations["listSubscribedLibraries"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/subscribed-library/{library_id}?action=sync": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["syncLibrary"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/library/item": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get: operations["listItems"];
    readonly put?: never;
    readonly post: operations["createItem"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/library/item?action=find": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["findItems"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/library/item/{library_item_id}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get: operations["getItem"];
    readonly put?: never;
    readonly post?: never;
    readonly delete: operations["deleteItem"];
    readonly options?: never;
    readonly head?: never;
    readonly patch: operations["changeItem"];
    readonly trace?: never;
  };
  readonly "/content/library/item/{library_item_id}/file": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get: operations["listItemFiles"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/library/item/{library_item_id}/storage": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get: operations["listItemStorage"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/library/item/update-session": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["createUpdateSession"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/library/item/update-session/{update_session_id}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get: operations["getUpdateSession"];
    readonly put?: never;
    readonly post?: never;
    readonly delete: operations["deleteUpdateSession"];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/library/item/update-session/{update_session_id}?action=complete": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["completeUpdateSession"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/library/item/update-session/{update_session_id}?action=cancel": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["cancelUpdateSession"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/library/item/update-session/{update_session_id}?action=fail": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["failUpdateSession"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/library/item/update-session/{update_session_id}?action=keep-alive": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["keepUpdateSession"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/library/item/update-session/{update_session_id}/file": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get: operations["listUpdateFiles"];
    readonly put?: never;
    readonly post: operations["addUpdateFile"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/library/item/update-session/{update_session_id}/file?action=validate": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["validateUpdateFiles"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/library/item/update-session/{update_session_id}/file/{file_name}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get: operations["getUpdateFile"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/library/item/download-session": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["createDownloadSession"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/library/item/download-session/{download_session_id}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get: operations["getDownloadSession"];
    readonly put?: never;
    readonly post?: never;
    readonly delete: operations["deleteDownloadSession"];
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/library/item/download-session/{download_session_id}/file?action=prepare": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["prepareDownload"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/content/library/item/download-session/{download_session_id}/file": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get: operations["getDownloadFile"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/vcenter/ovf/library-item/{library_item_id}?action=filter": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["readOvfItem"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/vcenter/ovf/library-item/{library_item_id}?action=deploy": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["deployOvfItem"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/vcenter/ovf/library-item": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["captureOvfItem"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/vcenter/vm-template/library-items/{library_item_id}": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get: operations["getTemplateItem"];
    readonly put?: never;
    readonly post?: never;
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/vcenter/vm-template/library-items": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["createTemplateItem"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
  readonly "/vcenter/vm-template/library-items/{library_item_id}?action=deploy": {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly get?: never;
    readonly put?: never;
    readonly post: operations["deployTemplateItem"];
    readonly delete?: never;
    readonly options?: never;
    readonly head?: never;
    readonly patch?: never;
    readonly trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    readonly SessionInfo: {
      readonly user: string;
      /** Format: date-time */
      readonly created_time: string;
      /** Format: date-time */
      readonly last_accessed_time: string;
    };
    readonly DynamicID: {
      readonly type: string;
      readonly id: string;
    };
    readonly Category: {
      readonly id: string;
      readonly name: string;
      readonly description: string;
      /** @enum {string} */
      readonly cardinality: "SINGLE" | "MULTIPLE";
      readonly associable_types: readonly string[];
      readonly used_by: readonly string[];
    };
    readonly CategoryCreate: {
      readonly name: string;
      readonly description: string;
      /** @enum {string} */
      readonly cardinality: "SINGLE" | "MULTIPLE";
      readonly associable_types: readonly string[];
      readonly category_id?: string;
    };
    readonly CategoryChange: {
      readonly name?: string;
      readonly description?: string;
      /** @enum {string} */
      readonly cardinality?: "SINGLE" | "MULTIPLE";
      readonly associable_types?: readonly string[];
    };
    readonly Tag: {
      readonly id: string;
      readonly category_id: string;
      readonly name: string;
      readonly description: string;
      readonly used_by: readonly string[];
    };
    readonly TagCreate: {
      readonly name: string;
      readonly description: string;
      readonly category_id: string;
      readonly tag_id?: string;
    };
    readonly TagChange: {
      readonly name?: string;
      readonly description?: string;
    };
    readonly BatchResult: {
      readonly success: boolean;
      readonly error_messages: readonly components["schemas"]["LocalizableMessage"][];
    };
    readonly LocalizableMessage: {
      readonly id: string;
      readonly default_message: string;
      readonly args: readonly string[];
    };
    readonly TagsOfObject: {
      readonly object_id: components["schemas"]["DynamicID"];
      readonly tag_ids: readonly string[];
    };
    readonly ObjectsOfTag: {
      readonly tag_id: string;
      readonly object_ids: readonly components["schemas"]["DynamicID"][];
    };
    readonly StorageBacking: {
      /** @enum {string} */
      readonly type: "DATASTORE" | "OTHER";
      readonly datastore_id?: string;
      readonly storage_uri?: string;
    };
    readonly Library: {
      readonly id: string;
      readonly name: string;
      /** @enum {string} */
      readonly type: "LOCAL" | "SUBSCRIBED";
      readonly description?: string;
      readonly storage_backings?: readonly components["schemas"]["StorageBacking"][];
      /** Format: date-time */
      readonly creation_time?: string;
      /** Format: date-time */
      readonly last_modified_time?: string;
      /** Format: date-time */
      readonly last_sync_time?: string;
      readonly version?: string;
      readonly server_guid?: string;
      readonly publish_info?: {
        readonly [key: string]: unknown;
      };
      readonly subscription_info?: {
        readonly [key: string]: unknown;
      };
      readonly security_policy_id?: string;
    };
    readonly LibraryCreate: {
      readonly name: string;
      /** @enum {string} */
      readonly type: "LOCAL";
      readonly description?: string;
      readonly storage_backings: readonly components["schemas"]["StorageBacking"][];
      readonly publish_info?: {
        readonly [key: string]: unknown;
      };
      readonly security_policy_id?: string;
    };
    readonly LibraryChange: {
      readonly name?: string;
      readonly description?: string;
      readonly publish_info?: {
        readonly [key: string]: unknown;
      };
    };
    readonly LibraryFind: {
      readonly name?: string;
      /** @enum {string} */
      readonly type?: "LOCAL" | "SUBSCRIBED";
    };
    readonly Item: {
      readonly id: string;
      readonly library_id: string;
      readonly name: string;
      readonly type?: string;
      readonly description?: string;
      readonly size?: number;
      readonly cached?: boolean;
      readonly version?: string;
      readonly content_version?: string;
      readonly metadata_version?: string;
      /** Format: date-time */
      readonly creation_time?: string;
      /** Format: date-time */
      readonly last_modified_time?: string;
      /** Format: date-time */
      readonly last_sync_time?: string;
      readonly source_id?: string;
      readonly security_compliance?: boolean;
    };
    readonly ItemCreate: {
      readonly library_id: string;
      readonly name: string;
      readonly type?: string;
      readonly description?: string;
    };
    readonly ItemChange: {
      readonly name?: string;
      readonly description?: string;
      readonly type?: string;
    };
    readonly ItemFind: {
      readonly name?: string;
      readonly library_id?: string;
      readonly source_id?: string;
      readonly type?: string;
      readonly cached?: boolean;
    };
    readonly Checksum: {
      /** @enum {string} */
      readonly algorithm?: "SHA1" | "MD5" | "SHA256" | "SHA512";
      readonly checksum: string;
    };
    readonly ItemFile: {
      readonly name: string;
      readonly size?: number;
      readonly cached?: boolean;
      readonly version?: string;
      readonly checksum_info?: components["schemas"]["Checksum"];
    };
    readonly ItemStorage: {
      readonly name: string;
      readonly size?: number;
      readonly cached?: boolean;
      readonly version?: string;
      readonly checksum_info?: components["schemas"]["Checksum"];
      readonly storage_backing: components["schemas"]["StorageBacking"];
      readonly storage_uris: readonly string[];
    };
    readonly UpdateSession: {
      readonly id: string;
      readonly library_item_id?: string;
      readonly library_item_content_version?: string;
      /** @enum {string} */
      readonly state: "ACTIVE" | "DONE" | "ERROR" | "CANCELED";
      /** Format: date-time */
      readonly expiration_time: string;
      readonly client_progress: number;
      readonly error_message?: components["schemas"]["LocalizableMessage"];
      readonly preview_info?: {
        readonly [key: string]: unknown;
      };
    };
    readonly TransferEndpoint: {
      readonly uri: string;
      readonly ssl_certificate_thumbprint?: string;
    };
    readonly UpdateFileCreate: {
      readonly name: string;
      /** @enum {string} */
      readonly source_type: "NONE" | "PUSH" | "PULL";
      readonly source_endpoint?: components["schemas"]["TransferEndpoint"];
      readonly size?: number;
      readonly checksum_info?: components["schemas"]["Checksum"];
    };
    readonly UpdateFile: {
      readonly name: string;
      /** @enum {string} */
      readonly source_type: "NONE" | "PUSH" | "PULL";
      readonly upload_endpoint?: components["schemas"]["TransferEndpoint"];
      readonly source_endpoint?: components["schemas"]["TransferEndpoint"];
      readonly size?: number;
      readonly bytes_transferred?: number;
      /** @enum {string} */
      readonly status: "WAITING_FOR_TRANSFER" | "TRANSFERRING" | "READY" | "VALIDATING" | "ERROR";
      readonly error_message?: components["schemas"]["LocalizableMessage"];
      readonly checksum_info?: components["schemas"]["Checksum"];
    };
    readonly FileValidation: {
      readonly has_errors: boolean;
      readonly missing_files?: readonly string[];
      readonly invalid_files?: readonly {
        readonly name: string;
        readonly error_message: components["schemas"]["LocalizableMessage"];
      }[];
    };
    readonly DownloadSession: {
      readonly id: string;
      readonly library_item_id?: string;
      /** @enum {string} */
      readonly state: "ACTIVE" | "CANCELED" | "ERROR";
      /** Format: date-time */
      readonly expiration_time: string;
      readonly client_progress?: number;
      readonly error_message?: components["schemas"]["LocalizableMessage"];
    };
    readonly DownloadFile: {
      readonly name: string;
      readonly size?: number;
      readonly bytes_transferred?: number;
      /** @enum {string} */
      readonly status: "UNPREPARED" | "PREPARE_REQUESTED" | "PREPARING" | "PREPARED" | "ERROR";
      readonly download_endpoint?: components["schemas"]["TransferEndpoint"];
      readonly checksum_info?: components["schemas"]["Checksum"];
      readonly error_message?: components["schemas"]["LocalizableMessage"];
    };
    readonly OvfTarget: {
      readonly resource_pool_id: string;
      readonly host_id?: string;
      readonly folder_id?: string;
    };
    readonly OvfParameters: {
      readonly [key: string]: unknown;
    };
    readonly OvfRequirements: {
      readonly name?: string;
      readonly annotation?: string;
      readonly EULAs?: readonly string[];
      readonly networks?: readonly string[];
      readonly storage_groups?: readonly string[];
      readonly additional_params?: readonly components["schemas"]["OvfParameters"][];
    };
    readonly OvfStorage: {
      /** @enum {string} */
      readonly type: "DATASTORE" | "STORAGE_PROFILE";
      readonly datastore_id?: string;
      readonly storage_profile_id?: string;
      /** @enum {string} */
      readonly provisioning?: "thin" | "thick" | "eagerZeroedThick";
    };
    readonly OvfDeployment: {
      readonly name?: string;
      readonly annotation?: string;
      readonly accept_all_EULA: boolean;
      readonly network_mappings?: {
        readonly [key: string]: string;
      };
      readonly storage_mappings?: {
        readonly [key: string]: components["schemas"]["OvfStorage"];
      };
      /** @enum {string} */
      readonly storage_provisioning?: "thin" | "thick" | "eagerZeroedThick";
      readonly storage_profile_id?: string;
      readonly default_datastore_id?: string;
      readonly locale?: string;
      readonly flags?: readonly string[];
      readonly additional_parameters?: readonly components["schemas"]["OvfParameters"][];
    };
    readonly OvfMessage: {
      /** @enum {string} */
      readonly category: "VALIDATION" | "INPUT" | "SERVER";
      readonly issues?: readonly {
        readonly category?: string;
        readonly file?: string;
        readonly line_number?: number;
        readonly column_number?: number;
        readonly message?: components["schemas"]["LocalizableMessage"];
      }[];
      readonly name?: string;
      readonly value?: string;
      readonly message?: components["schemas"]["LocalizableMessage"];
      readonly error?: {
        readonly [key: string]: unknown;
      };
    };
    readonly OvfMessages: {
      readonly errors?: readonly components["schemas"]["OvfMessage"][];
      readonly warnings?: readonly components["schemas"]["OvfMessage"][];
      readonly information?: readonly components["schemas"]["OvfMessage"][];
    };
    readonly OvfDeployed: {
      readonly succeeded: boolean;
      readonly resource_id?: components["schemas"]["DynamicID"];
      readonly error?: components["schemas"]["OvfMessages"];
    };
    readonly OvfCaptured: {
      readonly succeeded: boolean;
      readonly ovf_library_item_id?: string;
      readonly error?: components["schemas"]["OvfMessages"];
    };
    readonly StoragePolicy: {
      /** @enum {string} */
      readonly type: "USE_SPECIFIED_POLICY" | "USE_SOURCE_POLICY";
      readonly policy?: string;
    };
    readonly TemplateStorage: {
      readonly datastore?: string;
      readonly storage_policy?: components["schemas"]["StoragePolicy"];
    };
    readonly TemplatePlacement: {
      readonly folder?: string;
      readonly resource_pool?: string;
      readonly host?: string;
      readonly cluster?: string;
    };
    readonly TemplateHardware: {
      readonly nics?: {
        readonly [key: string]: {
          readonly network?: string;
        };
      };
      readonly disks_to_remove?: readonly string[];
      readonly disks_to_update?: {
        readonly [key: string]: {
          readonly capacity: number;
        };
      };
      readonly cpu_update?: {
        readonly num_cpus?: number;
        readonly num_cores_per_socket?: number;
      };
      readonly memory_update?: {
        readonly memory?: number;
      };
    };
    readonly TemplateDeployment: {
      readonly name: string;
      readonly description?: string;
      readonly vm_home_storage?: components["schemas"]["TemplateStorage"];
      readonly disk_storage?: components["schemas"]["TemplateStorage"];
      readonly disk_storage_overrides?: {
        readonly [key: string]: components["schemas"]["TemplateStorage"];
      };
      readonly placement?: components["schemas"]["TemplatePlacement"];
      readonly powered_on?: boolean;
      readonly guest_customization?: {
        readonly name?: string;
      };
      readonly hardware_customization?: components["schemas"]["TemplateHardware"];
    };
    readonly TemplateCreate: {
      readonly source_vm: string;
      readonly name: string;
      readonly library: string;
      readonly description?: string;
      readonly vm_home_storage?: components["schemas"]["TemplateStorage"];
      readonly disk_storage?: components["schemas"]["TemplateStorage"];
      readonly disk_storage_overrides?: {
        readonly [key: string]: components["schemas"]["TemplateStorage"];
      };
      readonly placement?: components["schemas"]["TemplatePlacement"];
    };
    readonly TemplateInfo: {
      readonly guest_OS?: string;
      readonly cpu?: {
        readonly count: number;
        readonly cores_per_socket: number;
      };
      readonly memory?: {
        readonly size_MiB: number;
      };
      readonly vm_home_storage?: components["schemas"]["TemplateStorage"];
      readonly disks?: {
        readonly [key: string]: {
          readonly capacity: number;
          readonly disk_storage?: components["schemas"]["TemplateStorage"];
        };
      };
      readonly nics?: {
        readonly [key: string]: {
          /** @enum {string} */
          readonly backing_type?: "STANDARD_PORTGROUP" | "HOST_DEVICE" | "DISTRIBUTED_PORTGROUP" | "OPAQUE_NETWORK";
          /** @enum {string} */
          readonly mac_type?: "MANUAL" | "GENERATED" | "ASSIGNED";
          readonly network?: string;
        };
      };
      readonly vm_template?: string;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  readonly getSession: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["SessionInfo"];
        };
      };
    };
  };
  readonly listCategories: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": readonly string[];
        };
      };
    };
  };
  readonly createCategory: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["CategoryCreate"];
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": string;
        };
      };
    };
  };
  readonly getCategory: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly category_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Category"];
        };
      };
    };
  };
  readonly deleteCategory: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly category_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly changeCategory: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly category_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["CategoryChange"];
      };
    };
    readonly responses: {
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly listTags: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": readonly string[];
        };
      };
    };
  };
  readonly createTag: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["TagCreate"];
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": string;
        };
      };
    };
  };
  readonly listTagsOfCategory: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": {
          readonly category_id: string;
        };
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": readonly string[];
        };
      };
    };
  };
  readonly getTag: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly tag_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Tag"];
        };
      };
    };
  };
  readonly deleteTag: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly tag_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly changeTag: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly tag_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["TagChange"];
      };
    };
    readonly responses: {
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly attachTag: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly tag_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": {
          readonly object_id: components["schemas"]["DynamicID"];
        };
      };
    };
    readonly responses: {
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly detachTag: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly tag_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": {
          readonly object_id: components["schemas"]["DynamicID"];
        };
      };
    };
    readonly responses: {
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly attachTagToObjects: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly tag_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": {
          readonly object_ids: readonly components["schemas"]["DynamicID"][];
        };
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["BatchResult"];
        };
      };
    };
  };
  readonly detachTagFromObjects: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly tag_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": {
          readonly object_ids: readonly components["schemas"]["DynamicID"][];
        };
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["BatchResult"];
        };
      };
    };
  };
  readonly listObjectsOfTag: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly tag_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": readonly components["schemas"]["DynamicID"][];
        };
      };
    };
  };
  readonly attachTags: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": {
          readonly object_id: components["schemas"]["DynamicID"];
          readonly tag_ids: readonly string[];
        };
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["BatchResult"];
        };
      };
    };
  };
  readonly detachTags: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": {
          readonly object_id: components["schemas"]["DynamicID"];
          readonly tag_ids: readonly string[];
        };
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["BatchResult"];
        };
      };
    };
  };
  readonly listTagsOfObject: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": {
          readonly object_id: components["schemas"]["DynamicID"];
        };
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": readonly string[];
        };
      };
    };
  };
  readonly listTagsOfObjects: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": {
          readonly object_ids: readonly components["schemas"]["DynamicID"][];
        };
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": readonly components["schemas"]["TagsOfObject"][];
        };
      };
    };
  };
  readonly listObjectsOfTags: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": {
          readonly tag_ids: readonly string[];
        };
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": readonly components["schemas"]["ObjectsOfTag"][];
        };
      };
    };
  };
  readonly listLibraries: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": readonly string[];
        };
      };
    };
  };
  readonly findLibraries: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["LibraryFind"];
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": readonly string[];
        };
      };
    };
  };
  readonly getLibrary: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly library_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Library"];
        };
      };
    };
  };
  readonly listLocalLibraries: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": readonly string[];
        };
      };
    };
  };
  readonly createLibrary: {
    readonly parameters: {
      readonly query?: {
        readonly client_token?: string;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["LibraryCreate"];
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": string;
        };
      };
    };
  };
  readonly deleteLibrary: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly library_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly changeLibrary: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly library_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["LibraryChange"];
      };
    };
    readonly responses: {
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly listSubscribedLibraries: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": readonly string[];
        };
      };
    };
  };
  readonly syncLibrary: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly library_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly listItems: {
    readonly parameters: {
      readonly query: {
        readonly library_id: string;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": readonly string[];
        };
      };
    };
  };
  readonly createItem: {
    readonly parameters: {
      readonly query?: {
        readonly client_token?: string;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["ItemCreate"];
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": string;
        };
      };
    };
  };
  readonly findItems: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["ItemFind"];
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": readonly string[];
        };
      };
    };
  };
  readonly getItem: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly library_item_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["Item"];
        };
      };
    };
  };
  readonly deleteItem: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly library_item_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly changeItem: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly library_item_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["ItemChange"];
      };
    };
    readonly responses: {
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly listItemFiles: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly library_item_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": readonly components["schemas"]["ItemFile"][];
        };
      };
    };
  };
  readonly listItemStorage: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly library_item_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": readonly components["schemas"]["ItemStorage"][];
        };
      };
    };
  };
  readonly createUpdateSession: {
    readonly parameters: {
      readonly query?: {
        readonly client_token?: string;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": {
          readonly library_item_id: string;
        };
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": string;
        };
      };
    };
  };
  readonly getUpdateSession: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly update_session_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["UpdateSession"];
        };
      };
    };
  };
  readonly deleteUpdateSession: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly update_session_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly completeUpdateSession: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly update_session_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly cancelUpdateSession: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly update_session_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly failUpdateSession: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly update_session_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": {
          readonly client_error_message: string;
        };
      };
    };
    readonly responses: {
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly keepUpdateSession: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly update_session_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": {
          readonly client_progress?: number;
        };
      };
    };
    readonly responses: {
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly listUpdateFiles: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly update_session_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": readonly components["schemas"]["UpdateFile"][];
        };
      };
    };
  };
  readonly addUpdateFile: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly update_session_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["UpdateFileCreate"];
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["UpdateFile"];
        };
      };
    };
  };
  readonly validateUpdateFiles: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly update_session_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["FileValidation"];
        };
      };
    };
  };
  readonly getUpdateFile: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly update_session_id: string;
        readonly file_name: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["UpdateFile"];
        };
      };
    };
  };
  readonly createDownloadSession: {
    readonly parameters: {
      readonly query?: {
        readonly client_token?: string;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": {
          readonly library_item_id: string;
        };
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": string;
        };
      };
    };
  };
  readonly getDownloadSession: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly download_session_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["DownloadSession"];
        };
      };
    };
  };
  readonly deleteDownloadSession: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly download_session_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 204: {
        headers: {
          readonly [name: string]: unknown;
        };
        content?: never;
      };
    };
  };
  readonly prepareDownload: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly download_session_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": {
          readonly file_name: string;
          /** @enum {string} */
          readonly endpoint_type?: "HTTPS" | "DIRECT";
        };
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["DownloadFile"];
        };
      };
    };
  };
  readonly getDownloadFile: {
    readonly parameters: {
      readonly query: {
        readonly file_name: string;
      };
      readonly header?: never;
      readonly path: {
        readonly download_session_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["DownloadFile"];
        };
      };
    };
  };
  readonly readOvfItem: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly library_item_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": {
          readonly target: components["schemas"]["OvfTarget"];
        };
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["OvfRequirements"];
        };
      };
    };
  };
  readonly deployOvfItem: {
    readonly parameters: {
      readonly query?: {
        readonly client_token?: string;
      };
      readonly header?: never;
      readonly path: {
        readonly library_item_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": {
          readonly target: components["schemas"]["OvfTarget"];
          readonly deployment_spec: components["schemas"]["OvfDeployment"];
        };
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["OvfDeployed"];
        };
      };
    };
  };
  readonly captureOvfItem: {
    readonly parameters: {
      readonly query?: {
        readonly client_token?: string;
      };
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": {
          readonly source: components["schemas"]["DynamicID"];
          readonly target: {
            readonly library_id?: string;
            readonly library_item_id?: string;
          };
          readonly create_spec: {
            readonly name?: string;
            readonly description?: string;
            readonly flags?: readonly string[];
          };
        };
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["OvfCaptured"];
        };
      };
    };
  };
  readonly getTemplateItem: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly library_item_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody?: never;
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": components["schemas"]["TemplateInfo"];
        };
      };
    };
  };
  readonly createTemplateItem: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path?: never;
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["TemplateCreate"];
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": string;
        };
      };
    };
  };
  readonly deployTemplateItem: {
    readonly parameters: {
      readonly query?: never;
      readonly header?: never;
      readonly path: {
        readonly library_item_id: string;
      };
      readonly cookie?: never;
    };
    readonly requestBody: {
      readonly content: {
        readonly "application/json": components["schemas"]["TemplateDeployment"];
      };
    };
    readonly responses: {
      readonly 200: {
        headers: {
          readonly [name: string]: unknown;
        };
        content: {
          readonly "application/json": string;
        };
      };
    };
  };
}

/** By method and path below `/api`. Parameters of path, query and body stand side by side. */
export interface RestOperations {
  'GET /session': {
    parameters: Record<never, never>
    result: operations['getSession']['responses']['200']['content']['application/json']
  }
  'GET /cis/tagging/category': {
    parameters: Record<never, never>
    result: operations['listCategories']['responses']['200']['content']['application/json']
  }
  'POST /cis/tagging/category': {
    parameters: operations['createCategory']['requestBody']['content']['application/json']
    result: operations['createCategory']['responses']['200']['content']['application/json']
  }
  'GET /cis/tagging/category/{category_id}': {
    parameters: operations['getCategory']['parameters']['path']
    result: operations['getCategory']['responses']['200']['content']['application/json']
  }
  'PATCH /cis/tagging/category/{category_id}': {
    parameters: operations['changeCategory']['parameters']['path'] & operations['changeCategory']['requestBody']['content']['application/json']
    result: void
  }
  'DELETE /cis/tagging/category/{category_id}': {
    parameters: operations['deleteCategory']['parameters']['path']
    result: void
  }
  'GET /cis/tagging/tag': {
    parameters: Record<never, never>
    result: operations['listTags']['responses']['200']['content']['application/json']
  }
  'POST /cis/tagging/tag': {
    parameters: operations['createTag']['requestBody']['content']['application/json']
    result: operations['createTag']['responses']['200']['content']['application/json']
  }
  'POST /cis/tagging/tag?action=list-tags-for-category': {
    parameters: operations['listTagsOfCategory']['requestBody']['content']['application/json']
    result: operations['listTagsOfCategory']['responses']['200']['content']['application/json']
  }
  'GET /cis/tagging/tag/{tag_id}': {
    parameters: operations['getTag']['parameters']['path']
    result: operations['getTag']['responses']['200']['content']['application/json']
  }
  'PATCH /cis/tagging/tag/{tag_id}': {
    parameters: operations['changeTag']['parameters']['path'] & operations['changeTag']['requestBody']['content']['application/json']
    result: void
  }
  'DELETE /cis/tagging/tag/{tag_id}': {
    parameters: operations['deleteTag']['parameters']['path']
    result: void
  }
  'POST /cis/tagging/tag-association/{tag_id}?action=attach': {
    parameters: operations['attachTag']['parameters']['path'] & operations['attachTag']['requestBody']['content']['application/json']
    result: void
  }
  'POST /cis/tagging/tag-association/{tag_id}?action=detach': {
    parameters: operations['detachTag']['parameters']['path'] & operations['detachTag']['requestBody']['content']['application/json']
    result: void
  }
  'POST /cis/tagging/tag-association/{tag_id}?action=attach-tag-to-multiple-objects': {
    parameters: operations['attachTagToObjects']['parameters']['path'] & operations['attachTagToObjects']['requestBody']['content']['application/json']
    result: operations['attachTagToObjects']['responses']['200']['content']['application/json']
  }
  'POST /cis/tagging/tag-association/{tag_id}?action=detach-tag-from-multiple-objects': {
    parameters: operations['detachTagFromObjects']['parameters']['path'] & operations['detachTagFromObjects']['requestBody']['content']['application/json']
    result: operations['detachTagFromObjects']['responses']['200']['content']['application/json']
  }
  'POST /cis/tagging/tag-association/{tag_id}?action=list-attached-objects': {
    parameters: operations['listObjectsOfTag']['parameters']['path']
    result: operations['listObjectsOfTag']['responses']['200']['content']['application/json']
  }
  'POST /cis/tagging/tag-association?action=attach-multiple-tags-to-object': {
    parameters: operations['attachTags']['requestBody']['content']['application/json']
    result: operations['attachTags']['responses']['200']['content']['application/json']
  }
  'POST /cis/tagging/tag-association?action=detach-multiple-tags-from-object': {
    parameters: operations['detachTags']['requestBody']['content']['application/json']
    result: operations['detachTags']['responses']['200']['content']['application/json']
  }
  'POST /cis/tagging/tag-association?action=list-attached-tags': {
    parameters: operations['listTagsOfObject']['requestBody']['content']['application/json']
    result: operations['listTagsOfObject']['responses']['200']['content']['application/json']
  }
  'POST /cis/tagging/tag-association?action=list-attached-tags-on-objects': {
    parameters: operations['listTagsOfObjects']['requestBody']['content']['application/json']
    result: operations['listTagsOfObjects']['responses']['200']['content']['application/json']
  }
  'POST /cis/tagging/tag-association?action=list-attached-objects-on-tags': {
    parameters: operations['listObjectsOfTags']['requestBody']['content']['application/json']
    result: operations['listObjectsOfTags']['responses']['200']['content']['application/json']
  }
  'GET /content/library': {
    parameters: Record<never, never>
    result: operations['listLibraries']['responses']['200']['content']['application/json']
  }
  'POST /content/library?action=find': {
    parameters: operations['findLibraries']['requestBody']['content']['application/json']
    result: operations['findLibraries']['responses']['200']['content']['application/json']
  }
  'GET /content/library/{library_id}': {
    parameters: operations['getLibrary']['parameters']['path']
    result: operations['getLibrary']['responses']['200']['content']['application/json']
  }
  'GET /content/local-library': {
    parameters: Record<never, never>
    result: operations['listLocalLibraries']['responses']['200']['content']['application/json']
  }
  'POST /content/local-library': {
    parameters: NonNullable<operations['createLibrary']['parameters']['query']> & operations['createLibrary']['requestBody']['content']['application/json']
    result: operations['createLibrary']['responses']['200']['content']['application/json']
  }
  'PATCH /content/local-library/{library_id}': {
    parameters: operations['changeLibrary']['parameters']['path'] & operations['changeLibrary']['requestBody']['content']['application/json']
    result: void
  }
  'DELETE /content/local-library/{library_id}': {
    parameters: operations['deleteLibrary']['parameters']['path']
    result: void
  }
  'GET /content/subscribed-library': {
    parameters: Record<never, never>
    result: operations['listSubscribedLibraries']['responses']['200']['content']['application/json']
  }
  'POST /content/subscribed-library/{library_id}?action=sync': {
    parameters: operations['syncLibrary']['parameters']['path']
    result: void
  }
  'GET /content/library/item': {
    parameters: NonNullable<operations['listItems']['parameters']['query']>
    result: operations['listItems']['responses']['200']['content']['application/json']
  }
  'POST /content/library/item': {
    parameters: NonNullable<operations['createItem']['parameters']['query']> & operations['createItem']['requestBody']['content']['application/json']
    result: operations['createItem']['responses']['200']['content']['application/json']
  }
  'POST /content/library/item?action=find': {
    parameters: operations['findItems']['requestBody']['content']['application/json']
    result: operations['findItems']['responses']['200']['content']['application/json']
  }
  'GET /content/library/item/{library_item_id}': {
    parameters: operations['getItem']['parameters']['path']
    result: operations['getItem']['responses']['200']['content']['application/json']
  }
  'PATCH /content/library/item/{library_item_id}': {
    parameters: operations['changeItem']['parameters']['path'] & operations['changeItem']['requestBody']['content']['application/json']
    result: void
  }
  'DELETE /content/library/item/{library_item_id}': {
    parameters: operations['deleteItem']['parameters']['path']
    result: void
  }
  'GET /content/library/item/{library_item_id}/file': {
    parameters: operations['listItemFiles']['parameters']['path']
    result: operations['listItemFiles']['responses']['200']['content']['application/json']
  }
  'GET /content/library/item/{library_item_id}/storage': {
    parameters: operations['listItemStorage']['parameters']['path']
    result: operations['listItemStorage']['responses']['200']['content']['application/json']
  }
  'POST /content/library/item/update-session': {
    parameters: NonNullable<operations['createUpdateSession']['parameters']['query']> & operations['createUpdateSession']['requestBody']['content']['application/json']
    result: operations['createUpdateSession']['responses']['200']['content']['application/json']
  }
  'GET /content/library/item/update-session/{update_session_id}': {
    parameters: operations['getUpdateSession']['parameters']['path']
    result: operations['getUpdateSession']['responses']['200']['content']['application/json']
  }
  'DELETE /content/library/item/update-session/{update_session_id}': {
    parameters: operations['deleteUpdateSession']['parameters']['path']
    result: void
  }
  'POST /content/library/item/update-session/{update_session_id}?action=complete': {
    parameters: operations['completeUpdateSession']['parameters']['path']
    result: void
  }
  'POST /content/library/item/update-session/{update_session_id}?action=cancel': {
    parameters: operations['cancelUpdateSession']['parameters']['path']
    result: void
  }
  'POST /content/library/item/update-session/{update_session_id}?action=fail': {
    parameters: operations['failUpdateSession']['parameters']['path'] & operations['failUpdateSession']['requestBody']['content']['application/json']
    result: void
  }
  'POST /content/library/item/update-session/{update_session_id}?action=keep-alive': {
    parameters: operations['keepUpdateSession']['parameters']['path'] & operations['keepUpdateSession']['requestBody']['content']['application/json']
    result: void
  }
  'GET /content/library/item/update-session/{update_session_id}/file': {
    parameters: operations['listUpdateFiles']['parameters']['path']
    result: operations['listUpdateFiles']['responses']['200']['content']['application/json']
  }
  'POST /content/library/item/update-session/{update_session_id}/file': {
    parameters: operations['addUpdateFile']['parameters']['path'] & operations['addUpdateFile']['requestBody']['content']['application/json']
    result: operations['addUpdateFile']['responses']['200']['content']['application/json']
  }
  'POST /content/library/item/update-session/{update_session_id}/file?action=validate': {
    parameters: operations['validateUpdateFiles']['parameters']['path']
    result: operations['validateUpdateFiles']['responses']['200']['content']['application/json']
  }
  'GET /content/library/item/update-session/{update_session_id}/file/{file_name}': {
    parameters: operations['getUpdateFile']['parameters']['path']
    result: operations['getUpdateFile']['responses']['200']['content']['application/json']
  }
  'POST /content/library/item/download-session': {
    parameters: NonNullable<operations['createDownloadSession']['parameters']['query']> & operations['createDownloadSession']['requestBody']['content']['application/json']
    result: operations['createDownloadSession']['responses']['200']['content']['application/json']
  }
  'GET /content/library/item/download-session/{download_session_id}': {
    parameters: operations['getDownloadSession']['parameters']['path']
    result: operations['getDownloadSession']['responses']['200']['content']['application/json']
  }
  'DELETE /content/library/item/download-session/{download_session_id}': {
    parameters: operations['deleteDownloadSession']['parameters']['path']
    result: void
  }
  'POST /content/library/item/download-session/{download_session_id}/file?action=prepare': {
    parameters: operations['prepareDownload']['parameters']['path'] & operations['prepareDownload']['requestBody']['content']['application/json']
    result: operations['prepareDownload']['responses']['200']['content']['application/json']
  }
  'GET /content/library/item/download-session/{download_session_id}/file': {
    parameters: operations['getDownloadFile']['parameters']['path'] & NonNullable<operations['getDownloadFile']['parameters']['query']>
    result: operations['getDownloadFile']['responses']['200']['content']['application/json']
  }
  'POST /vcenter/ovf/library-item/{library_item_id}?action=filter': {
    parameters: operations['readOvfItem']['parameters']['path'] & operations['readOvfItem']['requestBody']['content']['application/json']
    result: operations['readOvfItem']['responses']['200']['content']['application/json']
  }
  'POST /vcenter/ovf/library-item/{library_item_id}?action=deploy': {
    parameters: operations['deployOvfItem']['parameters']['path'] & NonNullable<operations['deployOvfItem']['parameters']['query']> & operations['deployOvfItem']['requestBody']['content']['application/json']
    result: operations['deployOvfItem']['responses']['200']['content']['application/json']
  }
  'POST /vcenter/ovf/library-item': {
    parameters: NonNullable<operations['captureOvfItem']['parameters']['query']> & operations['captureOvfItem']['requestBody']['content']['application/json']
    result: operations['captureOvfItem']['responses']['200']['content']['application/json']
  }
  'GET /vcenter/vm-template/library-items/{library_item_id}': {
    parameters: operations['getTemplateItem']['parameters']['path']
    result: operations['getTemplateItem']['responses']['200']['content']['application/json']
  }
  'POST /vcenter/vm-template/library-items': {
    parameters: operations['createTemplateItem']['requestBody']['content']['application/json']
    result: operations['createTemplateItem']['responses']['200']['content']['application/json']
  }
  'POST /vcenter/vm-template/library-items/{library_item_id}?action=deploy': {
    parameters: operations['deployTemplateItem']['parameters']['path'] & operations['deployTemplateItem']['requestBody']['content']['application/json']
    result: operations['deployTemplateItem']['responses']['200']['content']['application/json']
  }
}
