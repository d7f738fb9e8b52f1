/** A value that survives `JSON.parse(JSON.stringify(value))` unchanged. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject

/** An object of JSON values; an absent key and `undefined` mean the same. */
export interface JsonObject {
  readonly [key: string]: Json | undefined
}
