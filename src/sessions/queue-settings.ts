import type { Config } from '../../schemas/config/index.js'
import { type queueDrops, queueModes, type SessionEntry } from '../../schemas/session.js'

export type QueueMode = (typeof queueModes)[number]
export type QueueDrop = (typeof queueDrops)[number]

/** What happens to messages that come while a turn of their session runs (spec/runtime.md 1.6). */
export interface QueueSettings {
  readonly mode: QueueMode
  /** Quiet time before what waits is answered, in milliseconds. */
  readonly debounceMs: number
  /** Most messages that wait. */
  readonly cap: number
  readonly drop: QueueDrop
}

/** The channel of clients that speak to the gateway itself. */
export const ownChannel = 'webchat'

const defaultDebounceMs = 1_000
const defaultCap = 20
const aliases: Readonly<Record<string, QueueMode>> = { queue: 'steer', 'steer+backlog': 'steer-backlog' }

/** Undefined for a word that is no mode. */
export function queueModeOf(word: string): QueueMode | undefined {
  const name = word.toLowerCase()
  return queueModes.find((mode) => mode === name) ?? aliases[name]
}

/** What the message says comes first, then its session, its channel, the config. */
export function queueSettings(
  { messages, agents }: Config,
  entry: SessionEntry = {},
  said: { readonly mode?: QueueMode | undefined; readonly channel?: string | undefined } = {},
): QueueSettings {
  const queue = messages?.queue
  const { channel = ownChannel } = said
  const configured = queue?.byChannel?.[channel] ?? queue?.mode ?? 'collect'
  return {
    mode: said.mode ?? entry.queueMode ?? queueModeOf(configured) ?? 'collect',
    debounceMs:
      entry.queueDebounceMs ?? queue?.debounceMsByChannel?.[channel] ?? queue?.debounceMs ?? defaultDebounceMs,
    cap: entry.queueCap ?? queue?.cap ?? agents?.defaults?.maxQueuedTurns ?? defaultCap,
    drop: entry.queueDrop ?? queue?.drop ?? 'summarize',
  }
}
