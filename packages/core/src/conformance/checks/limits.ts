import { assert, value } from '../assert.js'
import { type Check, only } from '../check.js'

const group = 'limits'

export const limitChecks: readonly Check[] = [
  {
    number: 81,
    group,
    title: 'never more requests at once than the lanes allow',
    async run({ connect, create, spec, need, fault, harness }) {
      const counts = need('counts')
      const port = await connect({ lanes: { reads: 3, mutations: 2, polls: 1 } })
      const { id } = (await create(port, 'read')).ref
      const { endpoint, scenario } = harness
      // Answers take their time, so that whatever is sent at once is seen at once.
      await fault('slow')(50)
      await need('resetCounts')()
      const reads = Array.from({ length: 30 }, () => port.getVm({ endpoint, id }))
      for (const answer of await Promise.all(reads)) value(answer, 'getVm')
      const most = 3 * (scenario.readFanOut ?? 1)
      const { concurrency } = await counts()
      only(concurrency !== undefined, 'the harness does not count requests at once')
      assert((concurrency ?? 0) <= most, `at most ${most} requests at once for 30 reads`, concurrency)
      await need('resetCounts')()
      const starts = await Promise.all(Array.from({ length: 6 }, (_, index) => port.createVm(spec(`lane-${index}`))))
      await Promise.all(starts.map(async (one) => value(await value(one, 'createVm').wait(), 'wait')))
      const mixed = (await counts()).concurrency ?? 0
      // The lanes of mutations and of polls stand beside that of reads.
      const mostMixed = most + 2 + 1
      assert(mixed <= mostMixed, `at most ${mostMixed} requests at once for 6 creations`, mixed)
    },
  },
  {
    number: 82,
    group,
    title: 'a burst of 1,000 reads leaves no more sockets than the pool allows',
    async run({ connect, create, need, harness }) {
      const counts = need('counts')
      const port = await connect()
      const { id } = (await create(port, 'burst')).ref
      await need('resetCounts')()
      const { endpoint, scenario } = harness
      // One in ten reads a single VM: on some platforms each such read costs a connection.
      // The last one waits for all others.
      const timeoutMs = 150_000
      const read = async (index: number): Promise<void> => {
        if (index % 10 === 0) value(await port.getVm({ endpoint, id }, { timeoutMs }), 'getVm')
        else value(await port.listVms({}, { timeoutMs }), 'listVms')
      }
      await Promise.all(Array.from({ length: 1000 }, (_, index) => read(index)))
      const { connections } = await counts()
      only(connections !== undefined, 'the harness does not count sockets')
      const { socketBudget } = scenario
      assert((connections ?? 0) > 0, 'the server saw connections', connections)
      assert((connections ?? 0) <= socketBudget, `at most ${socketBudget} sockets at once`, connections)
    },
  },
]
