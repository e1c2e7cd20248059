import { join } from 'node:path'
import t from 'tap'
import { loadChannel } from '../../../src/channels/accounts.js'
import { systemClock } from '../../../src/kernel/clock.js'
import { type Undo, unwind } from '../../../src/kernel/unwind.js'
import { openInstanceLogs, ownConfig } from '../../../src/runtime-inputs.js'
import { openSqliteStore } from '../../../src/storage/sqlite.js'
import { testConfig, testInstance } from '../../helper/gateway.js'
import { Random } from '../../helper/random.js'
import { play, type World } from './history.js'

/** CI plays a few; `npm run evidence` sets more. The seed makes a run repeatable. */
const histories = Number(process.env.HISTORIES ?? 70)
const seed = Number(process.env.HISTORY_SEED ?? Date.now() % 1_000_000)
const all = ['telegram', 'whatsapp', 'discord', 'slack', 'signal', 'feishu', 'qqbot']
/** Where messages that follow each other closely are answered together: it shall be seen with all kinds of platforms. */
const bursts = new Set(['telegram', 'signal', 'discord'])
/** Where answers are said in blocks while they are written. */
const blocks = new Set(['whatsapp', 'feishu', 'qqbot'])
const smallBlocks = {
  blockStreamingChunk: { minChars: 15, maxChars: 60 },
  blockStreamingCoalesce: { minChars: 1, idleMs: 10 },
  humanDelay: { mode: 'custom', minMs: 0, maxMs: 800 },
}
const channels = process.env.HISTORY_CHANNELS?.split(',') ?? all

for (const channel of channels) {
  const wanted = Math.ceil(histories / channels.length)
  t.test(`${channel}: ${wanted} histories, seed ${seed}`, { timeout: 3_600_000 }, async (t) => {
    const rooms =
      channel === 'discord' || channel === 'slack' ? { dm: { groupEnabled: true } } : { groups: { '*': {} } }
    const { capabilities } = await loadChannel(channel)
    const grows = capabilities.editMs !== undefined
    const said = blocks.has(channel)
    const keys = {
      dmPolicy: 'open',
      allowFrom: ['*'],
      groupPolicy: 'open',
      ...rooms,
      ...(grows && { streaming: 'partial' }),
      ...(said && { blockStreaming: true }),
    }
    const config = testConfig({
      // Ten minutes of a turn would be over in a moment: time goes a thousand times faster here.
      agents: { defaults: { model: 'builtin/echo', timeoutSeconds: 0, ...(said && smallBlocks) } },
      channels: { [channel]: keys },
      // An answer that is there at once does not grow.
      ...((grows || said) && { models: { providers: { builtin: { params: { delayMs: 100 } } } } }),
      messages: {
        queue: { mode: 'followup', debounceMs: 0 },
        inbound: { debounceMs: bursts.has(channel) ? 4_000 : 0 },
      },
      logging: { level: 'error' },
    })
    const instance = await testInstance(t, config)
    const logs = openInstanceLogs(instance, systemClock, {})
    t.teardown(() => logs.close())
    const undo: Undo = []
    const view = await ownConfig(instance, logs, systemClock, undo)
    t.teardown(() => unwind(undo))
    const fresh = join(instance.paths.state, 'fresh.db')
    await (await openSqliteStore(fresh)).close()
    const world: World = { blocks: said, instance, config: view, logs, fresh, channel, capabilities }
    const random = new Random(seed)
    const found: string[] = []
    let played = 0
    let crashed = 0
    let most = 0
    while (played < wanted && found.length === 0) {
      // The same messages again and again, with the crash one point later each time, and sometimes a second one.
      const base = 1 + random.below(2 ** 30)
      const whole = await play(world, { seed: base, crashes: [] })
      const every = Math.max(1, Math.floor((whole.steps / wanted) * 3))
      for (let at = 1 + random.below(every); at <= whole.steps && played < wanted; at += every) {
        const crashes = random.chance(0.4) ? [at, 1 + random.below(whole.steps)] : [at]
        const { problems, crashed: cut, parts } = await play(world, { seed: base, crashes })
        played += 1
        most = Math.max(most, parts)
        crashed += cut
        for (const problem of problems) found.push(`seed ${base}, crashes at ${crashes.join(' and ')}: ${problem}`)
      }
      for (const problem of whole.problems) found.push(`seed ${base}, no crash: ${problem}`)
    }
    t.strictSame(found, [], `${played} histories with ${crashed} crashes`)
    if (said) t.ok(most > 1, 'answers came in blocks')
  })
}
