import { stringEnum } from '../../schemas/primitives.js'
import { Type } from '../../schemas/type.js'
import { matched } from '../../src/channels/matching.js'
import { type Entry, targetOf } from '../../src/live/directory.js'
import { word } from './_chat.js'
import { openDirectory } from './_directory.js'
import { family, method } from './_method.js'

const mostEntries = 50
/** Of what is known, so much is looked through. */
const lookedThrough = 5_000
const mostCandidates = 5

export default family({
  'channels.resolve': method({
    summary: 'Ids of people and rooms by their names',
    description:
      'Looked up in the directory (`directory.peers`, `directory.groups`). A name that several have is none.',
    scope: 'operator.read',
    advertised: false,
    params: Type.Object({
      channel: word('Needed when more than one channel runs.'),
      accountId: word('Default: the default account.'),
      entries: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), {
        minItems: 1,
        maxItems: mostEntries,
        description: '`#general`, `@ada`, `Server/#general`, a name or an id.',
      }),
      kind: Type.Optional(stringEnum(['auto', 'user', 'group'])),
    }),
    result: Type.Object({
      channel: Type.String(),
      accountId: Type.String(),
      results: Type.Array(
        Type.Object({
          input: Type.String(),
          resolved: Type.Boolean(),
          id: Type.Optional(Type.String()),
          target: Type.Optional(Type.String({ description: 'As `send` takes it.' })),
          name: Type.Optional(Type.String()),
          candidates: Type.Optional(Type.Array(Type.String(), { description: 'Targets that all have this name.' })),
        }),
      ),
      warning: Type.Optional(Type.String({ description: 'Why the platform itself was not heard.' })),
    }),
    async handler({ runtime, signal }, { entries, kind = 'auto', ...params }) {
      const { directory, wanted, about } = await openDirectory(runtime, params)
      const wish = { limit: lookedThrough }
      const lists = await Promise.all([
        ...(kind === 'group' ? [] : [directory.peers(wanted, wish, signal)]),
        ...(kind === 'user' ? [] : [directory.groups(wanted, wish, signal)]),
      ])
      const known = lists.flatMap((list) => list.entries)
      const warning = lists.find((list) => list.warning !== undefined)?.warning
      // A mark says what is meant.
      const meant = (input: string) =>
        known.filter((one) =>
          input.startsWith('@') ? one.kind === 'direct' : !input.startsWith('#') || one.kind !== 'direct',
        )
      return {
        ...about,
        results: entries.map((input) => ({ input, ...shown(matched(meant(input), input)) })),
        ...(warning !== undefined && { warning }),
      }
    },
  }),
})

function shown({ entry, candidates }: { readonly entry: Entry | undefined; readonly candidates: readonly Entry[] }) {
  if (entry) {
    const { id, name } = entry
    return { resolved: true, id, target: targetOf(entry), ...(name !== undefined && { name }) }
  }
  const targets = candidates.slice(0, mostCandidates).map(targetOf)
  return { resolved: false, ...(targets.length > 0 && { candidates: targets }) }
}
