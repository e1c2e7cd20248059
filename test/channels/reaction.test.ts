import t from 'tap'
import { ackReaction } from '../../src/channels/reaction.js'
import type { Config } from '../../src/config/types.js'

const account = (ackReaction?: unknown) => ({
  ...{ channel: 'telegram', id: 'default', path: 'channels.telegram' },
  keys: ackReaction === undefined ? {} : { ackReaction },
})
const where = {
  direct: { kind: 'direct', mentioned: true },
  mention: { kind: 'group', mentioned: true },
  group: { kind: 'group', mentioned: false },
  room: { kind: 'channel', mentioned: true },
} as const
const all = Object.keys(where) as (keyof typeof where)[]

/** Config of messages, key of the channel, emoji of the agent; where the reaction is shown, and which. */
const rows: readonly [Config['messages'], unknown, string | undefined, readonly (keyof typeof where)[], string?][] = [
  [undefined, undefined, undefined, ['mention', 'room'], '👀'],
  [undefined, undefined, '🦞', ['mention', 'room'], '🦞'],
  [{ ackReaction: '⏳' }, undefined, '🦞', ['mention', 'room'], '⏳'],
  [{ ackReaction: '⏳' }, '🔥', '🦞', ['mention', 'room'], '🔥'],
  [{ ackReaction: '' }, undefined, '🦞', []],
  [{ ackReactionScope: 'all' }, '', undefined, []],
  [{ ackReactionScope: 'all' }, undefined, undefined, all, '👀'],
  [{ ackReactionScope: 'direct' }, undefined, undefined, ['direct'], '👀'],
  [{ ackReactionScope: 'group-all' }, undefined, undefined, ['mention', 'group', 'room'], '👀'],
  [{ ackReactionScope: 'off' }, undefined, undefined, []],
  [{ ackReactionScope: 'none' }, undefined, undefined, []],
  [{ ackReactionScope: 'off' }, { emoji: '🔥' }, undefined, ['direct', 'mention', 'room'], '🔥'],
  [undefined, { direct: false, group: 'always' }, undefined, ['mention', 'group', 'room'], '👀'],
  [{ ackReaction: '⏳' }, { group: 'never' }, undefined, ['direct'], '⏳'],
]

for (const [messages, key, identityEmoji, shown, emoji] of rows) {
  t.test(JSON.stringify([messages, key, identityEmoji]), async (t) => {
    const config = { ...(messages && { messages }) } as Config
    for (const name of all) {
      const seen = ackReaction(account(key), config, { ...where[name], identityEmoji })
      t.equal(seen?.emoji, shown.includes(name) ? emoji : undefined, name)
      const unchosen = identityEmoji !== undefined && emoji === identityEmoji
      t.equal(seen?.instead, seen && unchosen ? '👀' : undefined, name)
    }
  })
}
