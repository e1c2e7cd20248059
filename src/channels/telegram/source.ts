import type { Update } from 'telegraf/types'
import type { Host } from '../port.js'
import type { TelegramApi } from './api.js'
import type { Bot } from './updates.js'

/** What a way to get updates is given. */
export interface UpdateSource {
  readonly api: TelegramApi
  readonly host: Host
  readonly bot: Bot
  readonly signal: AbortSignal
  /** Called when updates come from now on. */
  readonly opened: () => Promise<void>
  /** Resolves when the update is on disk. */
  readonly take: (update: Update) => Promise<void>
}

const callMs = 20_000
/** A signal that ends a call also when no answer comes. */
export const limited = (signal: AbortSignal, ms = callMs) => AbortSignal.any([signal, AbortSignal.timeout(ms)])
