import { stringEnum } from '../../schemas/primitives.js'
import { Type } from '../../schemas/type.js'
import type { Listed } from '../../src/channels/port.js'
import { type Entries, listedFrom, targetOf } from '../../src/live/directory.js'
import { word } from './_chat.js'
import { openDirectory } from './_directory.js'
import { family, method } from './_method.js'

const usualLimit = 100
const mostEntries = 1_000

const Account = {
  channel: word('Needed when more than one channel runs.'),
  accountId: word('Default: the default account.'),
}
const Wish = {
  query: word('Part of an id, a name or a user name.'),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: mostEntries, description: `${usualLimit} when absent.` })),
}
const Listing = {
  kind: stringEnum(['direct', 'group', 'channel']),
  id: Type.String({ description: "The platform's own." }),
  target: Type.String({ description: 'As `send` takes it.' }),
  name: Type.Optional(Type.String()),
  username: Type.Optional(Type.String()),
}
const Found = Type.Object({
  channel: Type.String(),
  accountId: Type.String(),
  entries: Type.Array(
    Type.Object({
      ...Listing,
      sources: Type.Array(stringEnum([...listedFrom]), {
        description: 'The platform itself, who was heard, who was let in by pairing, the config.',
      }),
    }),
  ),
  more: Type.Boolean({ description: 'There are more than the limit.' }),
  warning: Type.Optional(Type.String({ description: 'Why the platform itself was not heard.' })),
})

export default family({
  'directory.self': method({
    summary: 'Who an account of a chat channel is on its platform',
    scope: 'operator.read',
    advertised: false,
    params: Type.Object(Account),
    result: Type.Object({ channel: Type.String(), accountId: Type.String(), self: Type.Object(Listing) }),
    async handler({ runtime, signal }, params) {
      const { directory, wanted, about } = await openDirectory(runtime, params)
      return { ...about, self: listing(await directory.self(wanted, signal)) }
    },
  }),
  'directory.peers': method({
    summary: 'People whom an account of a channel can write to',
    description:
      'Of the platform where it lists them (Slack, Discord, Signal); of every channel those who wrote, who were let in, and whom the config names.',
    scope: 'operator.read',
    advertised: false,
    params: Type.Object({ ...Account, ...Wish }),
    result: Found,
    async handler({ runtime, signal }, { query, limit = usualLimit, ...params }) {
      const { directory, wanted, about } = await openDirectory(runtime, params)
      return shown(about, await directory.peers(wanted, { query, limit }, signal))
    },
  }),
  'directory.groups': method({
    summary: 'Groups and rooms an account of a channel can write to',
    description:
      'Of the platform where it lists them (Slack, Discord, Signal, Feishu, WhatsApp); of every channel those that were heard, and those that the config names.',
    scope: 'operator.read',
    advertised: false,
    params: Type.Object({ ...Account, ...Wish }),
    result: Found,
    async handler({ runtime, signal }, { query, limit = usualLimit, ...params }) {
      const { directory, wanted, about } = await openDirectory(runtime, params)
      return shown(about, await directory.groups(wanted, { query, limit }, signal))
    },
  }),
  'directory.members': method({
    summary: 'Who is in a group',
    description: 'Of Discord, who is on the server of the room. A channel that does not tell names those that do.',
    scope: 'operator.read',
    advertised: false,
    params: Type.Object({
      ...Account,
      ...Wish,
      groupId: Type.String({ minLength: 1, maxLength: 300, description: 'With or without `group:` or `channel:`.' }),
    }),
    result: Found,
    async handler({ runtime, signal }, { query, limit = usualLimit, groupId, ...params }) {
      const { directory, wanted, about } = await openDirectory(runtime, params)
      const group = groupId.replace(/^(?:group|channel|chat|room):/i, '')
      return shown(about, await directory.members(wanted, group, { query, limit }, signal))
    },
  }),
})

const listing = ({ kind, id, name, username }: Listed) => ({
  ...{ kind, id, target: targetOf({ kind, id }) },
  ...(name !== undefined && { name }),
  ...(username !== undefined && { username }),
})

function shown(about: { channel: string; accountId: string }, { entries, more, warning }: Entries) {
  return {
    ...about,
    entries: entries.map((entry) => ({ ...listing(entry), sources: entry.sources })),
    more,
    ...(warning !== undefined && { warning }),
  }
}
