/** What a source tells about a type or member beside its shape. Sentences are made of it by the back end. */
export interface Facts {
  /** What a type is for, as a sentence of our own. */
  readonly purpose?: string
  /** Version of the interface that brought it. */
  readonly since?: string
  /** Access code of an HMC: `CUR`, or several joined by `|` where sources differ. */
  readonly access?: string
  /** Extended attribute group that a reader of an HMC must ask for. */
  readonly group?: string
  /** A change of it does not change the object's ETag. */
  readonly excludedFromETag?: boolean
  /** Known by name and place only. */
  readonly unrecorded?: boolean
  /** Managed type that a reference points to. */
  readonly reference?: string
  readonly privilege?: string
  readonly secret?: boolean
  /** Name in the source's own language of definitions. */
  readonly nativeName?: string
  /** Default that the schema states. */
  readonly defaultValue?: string
  /** Text of the source, taken over only when asked for. */
  readonly documentation?: string
}

export const noFacts: Facts = {}
