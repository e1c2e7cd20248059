import { callOptions } from '../client-options.js'
import type { CommandContext } from '../context.js'
import type { OptionDefinitions } from '../define.js'
import { usageError } from '../usage.js'

/** Where something is said; the same on all commands of messages. */
export const placeOptions = {
  channel: { kind: 'text', value: 'channel', text: 'message.option.channel' },
  target: { kind: 'text', value: 'target', text: 'message.option.target', alias: '--to' },
  account: { kind: 'text', value: 'account', text: 'channels.option.account' },
  threadId: { kind: 'text', value: 'id', text: 'message.option.threadId' },
} as const satisfies OptionDefinitions

export const lastOptions = {
  dryRun: { kind: 'flag', text: 'message.option.dryRun' },
  ...callOptions,
} as const satisfies OptionDefinitions

export const messageIdOption = {
  messageId: { kind: 'text', value: 'id', text: 'message.option.messageId' },
} as const satisfies OptionDefinitions

/** A platform may take its time; the gateway gives up after 20 s. */
export const answerMs = 25_000

interface PlaceFlags {
  readonly channel?: string | undefined
  readonly account?: string | undefined
  readonly threadId?: string | undefined
}

/** What the flags say of a place, as methods are told. */
export const placeParams = ({ channel, account, threadId }: PlaceFlags) => ({
  ...(channel !== undefined && { channel }),
  ...(account !== undefined && { accountId: account }),
  ...(threadId !== undefined && { threadId }),
})

/** Throws `usage` for what is missing. */
export function needs({ t }: CommandContext, command: string, flag: string, value: string | undefined): string {
  if (value !== undefined) return value
  throw usageError(t('usage.missing', { name: flag }), `${command} --help`)
}
