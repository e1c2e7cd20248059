import { queueDrops } from '../../schemas/session.js'
import type { SessionPatch } from '../../schemas/ws/sessions-patch.js'
import { parseDuration } from '../kernel/duration.js'
import { queueModeOf, queueSettings } from '../sessions/queue-settings.js'
import type { ChatCommand } from './_types.js'

const cleared = { queueMode: null, queueDebounceMs: null, queueCap: null, queueDrop: null }

export default {
  summary: 'What happens to messages that come while a turn runs',
  args: '[collect|steer|steer-backlog|followup|interrupt] [debounce:2s] [cap:25] [drop:summarize|old|new], or reset',
  access: 'anyone',
  directive(word) {
    const queueMode = queueModeOf(word)
    return queueMode && { queueMode }
  },
  async run({ args, session, row, channel, services }) {
    const { edit } = services.sessions
    let entry = row?.entry
    if (args !== '') {
      const patch = args.toLowerCase() === 'reset' ? cleared : patchOf(args)
      if (typeof patch === 'string') return patch
      entry = (await edit.patch({ key: session.key }, patch)).entry
    }
    const { mode, debounceMs, cap, drop } = queueSettings(services.config(), entry, { channel })
    return `Queue: ${mode}, debounce ${debounceMs} ms, cap ${cap}, drop ${drop}.`
  },
} satisfies ChatCommand

/** What the words set; a text says which of them means nothing. */
function patchOf(args: string): SessionPatch | string {
  let patch: SessionPatch = {}
  for (const word of args.toLowerCase().split(/\s+/)) {
    const next = wordPatch(word)
    if (!next)
      return `"${word.slice(0, 40)}" means nothing to the queue. Try: /queue collect debounce:2s cap:25 drop:old`
    patch = { ...patch, ...next }
  }
  return patch
}

function wordPatch(word: string): SessionPatch | undefined {
  const queueMode = queueModeOf(word)
  if (queueMode) return { queueMode }
  const [, name, value = ''] = /^(debounce|cap|drop)[:=](.+)$/.exec(word) ?? []
  if (name === 'debounce') {
    const queueDebounceMs = parseDuration(value, 1)
    return queueDebounceMs !== undefined && queueDebounceMs <= 600_000 ? { queueDebounceMs } : undefined
  }
  const cap = Number(value)
  if (name === 'cap') return Number.isInteger(cap) && cap >= 1 && cap <= 1_000 ? { queueCap: cap } : undefined
  const queueDrop = name === 'drop' ? queueDrops.find((drop) => drop === value) : undefined
  return queueDrop && { queueDrop }
}
