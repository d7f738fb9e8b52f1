import fc from 'fast-check'
import { play } from './play.js'
import type { Stage } from './stage.js'
import { type Story, stories } from './story.js'

/** What CI plays: always the same stories. */
const fixedSeed = 20_260_101

export interface Check {
  readonly stage: () => Promise<Stage>
  readonly runs: number
  readonly acts?: number
  /**
   * The stage's platform works in real time, so that a busy machine may change a story: one that breaks is played again at
   * once, and counts when it breaks again. One that wavers is told, since a race may be behind it.
   */
  readonly realTime?: boolean
  /** Default: the seed of `DCM_MODEL_SEED` (`random` for a fresh one), else CI's. */
  readonly seed?: number
}

/** Plays random stories; undefined when no promise was broken, else the shortest story found that breaks one. */
export async function findBrokenStory({
  stage,
  runs,
  acts = 14,
  realTime = false,
  seed = chosenSeed(),
}: Check): Promise<string | undefined> {
  // What broke last while it was simplified: a platform in real time may not do it again.
  let broken = ''
  const property = fc.asyncProperty(stories(acts), async (story) => {
    const lines: string[] = []
    try {
      await playOn(stage, story, lines)
    } catch (reason) {
      const told = [...lines, String(reason)].join('\n')
      if (realTime && (await holds(stage, story))) {
        console.warn(`WAVERS: a story broke, and did not when it was played again:\n${told}`)
        return
      }
      broken = told
      throw reason
    }
  })
  const result = await fc.check(property, { seed, numRuns: runs, endOnFailure: false })
  if (!result.failed) return undefined
  const again = `DCM_MODEL_SEED=${result.seed} DCM_MODEL_RUNS=${result.numRuns}`
  return [`${again} plays it again. After ${result.numShrinks} simplifications:`, broken].join('\n')
}

/** How many stories to play: `DCM_MODEL_RUNS`, a number or `thorough` as in CI, else as usual. */
export function chosenRuns({ usual, thorough }: { readonly usual: number; readonly thorough: number }): number {
  const wish = process.env.DCM_MODEL_RUNS
  if (wish === undefined) return usual
  return wish === 'thorough' ? thorough : Number(wish)
}

async function playOn(open: () => Promise<Stage>, story: Story, lines: string[]): Promise<void> {
  const stage = await open()
  try {
    await play(story, stage, lines)
  } finally {
    await stage.close()
  }
}

function holds(open: () => Promise<Stage>, story: Story): Promise<boolean> {
  return playOn(open, story, []).then(
    () => true,
    () => false,
  )
}

function chosenSeed(): number {
  const wish = process.env.DCM_MODEL_SEED
  if (wish === undefined) return fixedSeed
  return wish === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(wish)
}
