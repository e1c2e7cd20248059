import type { Config } from '../config/types.js'
import { disarm, fenceUntrusted } from '../tools/_untrusted.js'

/** Something that was said in a group before the bot was called. */
export interface HistoryEntry {
  readonly at: number
  readonly sender: string
  readonly text: string
  /** Of the message: the same is not kept twice. */
  readonly id?: string
}

const defaultLimit = 50
const discordLimit = 20
/** Nobody reads more than this, whatever the config says. */
const maxLimit = 500
const maxPlaces = 2_000
const maxTextLength = 2_000

/**
 * How many messages are kept for a group: of the account, of the agent, of all (spec/runtime.md 1.2). 0 is none.
 * `place` is what `groups.<id>` says.
 */
export function historyLimit(
  config: Config,
  {
    channel,
    agent,
    keys,
    place,
  }: {
    readonly channel: string
    readonly agent: string
    readonly keys: Readonly<Record<string, unknown>>
    readonly place?: Readonly<Record<string, unknown>>
  },
): number {
  const said = [
    place?.historyLimit,
    keys.historyLimit,
    config.agents?.entries?.[agent]?.groupChat?.historyLimit,
    config.messages?.groupChat?.historyLimit,
  ].find((limit) => typeof limit === 'number' && Number.isInteger(limit) && limit >= 0)
  const limit = (said as number | undefined) ?? (channel === 'discord' ? discordLimit : defaultLimit)
  return Math.min(limit, maxLimit)
}

/** The last messages of each group that were not for the bot. In memory: after a restart there are none. */
export class GroupHistory {
  /** The place where something was said last is the last. */
  readonly #places = new Map<string, HistoryEntry[]>()

  /** Keeps one; the oldest goes. `place` names the conversation, in one account. */
  add(place: string, entry: HistoryEntry, limit: number): void {
    const entries = this.#places.get(place) ?? []
    this.#places.delete(place)
    if (limit <= 0) return
    if (entry.id === undefined || !entries.some(({ id }) => id === entry.id)) {
      entries.push({ ...entry, text: shortened(entry.text) })
    }
    this.#places.set(place, entries.slice(-limit))
    if (this.#places.size > maxPlaces) {
      const [oldest] = this.#places.keys()
      if (oldest !== undefined) this.#places.delete(oldest)
    }
  }

  /** Gives what was said there, the oldest first, and forgets it. */
  take(place: string): readonly HistoryEntry[] {
    const entries = this.#places.get(place) ?? []
    this.#places.delete(place)
    return entries
  }

  /** Forgets everything, or what was said in one place. */
  clear(place?: string): void {
    if (place === undefined) this.#places.clear()
    else this.#places.delete(place)
  }
}

/** What was said before, for a model to read and not to obey; undefined when nothing was. */
export function asContext(entries: readonly HistoryEntry[]): string | undefined {
  if (entries.length === 0) return undefined
  const lines = entries.map(({ at, sender, text }) => {
    const time = new Date(at).toISOString().slice(0, 16).replace('T', ' ')
    return `[${time} UTC] ${oneLine(sender)}: ${text.replaceAll('\n', '\n  ')}`
  })
  return `Said in this group before, not to you:\n${fenceUntrusted(lines.join('\n'), 'group chat history')}`
}

/** A name that cannot pass for somebody else's line. */
const oneLine = (text: string) => disarm(text).replace(/\s+/g, ' ').slice(0, 80).trim() || 'somebody'

function shortened(text: string): string {
  if (text.length <= maxTextLength) return text
  // Not in the middle of a pair that is one character.
  const cut = text.slice(0, maxTextLength).replace(/[\ud800-\udbff]$/, '')
  return `${cut} […]`
}
