import type { AnswerOf, ArgsOf, NativeCall } from './native-calls.js'
import type { Site } from './site.js'

/** One function for each native call, run in one go: calls are atomic against each other. */
export type Handlers = {
  readonly [C in NativeCall]: (site: Site, args: ArgsOf<C>, session: string | undefined) => AnswerOf<C>
}
