/** The merged table of vim25 types that facts are imported from: rows are `[name, type, flags, since?, refined type?]`. */
export interface VimTypeTable {
  readonly meta: { readonly schema: string }
  readonly types: Readonly<
    Record<
      string,
      {
        readonly b: string | null
        readonly s?: string | null
        readonly v?: string
        readonly p: readonly TableRow[]
        readonly attrs?: readonly unknown[]
      }
    >
  >
  readonly enums: Readonly<
    Record<
      string,
      {
        readonly v: readonly string[]
        readonly s?: string
        readonly m?: string
        readonly late?: Readonly<Record<string, string>>
      }
    >
  >
  readonly managed: Readonly<
    Record<
      string,
      {
        readonly b: string | null
        readonly s?: string | null
        readonly v?: string
        /** The fifth column is the privilege. */
        readonly p: readonly TableRow[]
        readonly m: Readonly<Record<string, TableMethod>>
      }
    >
  >
  readonly unassignedMethods: Readonly<Record<string, TableMethod>>
}

export type TableRow = readonly (string | null)[]

export interface TableMethod {
  readonly p: readonly TableRow[]
  readonly r?: readonly string[]
  readonly mo?: string
  readonly task?: string
  readonly f?: readonly string[]
  readonly s?: string
  readonly priv?: string
}
