import type { ChatFacts } from './agents/caller.js'
import { knownChannels } from './channels/known.js'
import { ChatPairing } from './channels/pairing.js'
import type { ConfigView } from './config/view.js'
import { lazy } from './kernel/lazy.js'
import type { Undo } from './kernel/unwind.js'
import type { Channels, ChannelsInput } from './live/channels.js'
import type { Secrets } from './secrets/secrets.js'

/** The chat channels of a gateway: nothing of them is loaded before the config names one. */
export interface RuntimeChannels {
  /** Who was let in to write to its bots. */
  readonly pairing: ChatPairing
  /** Undefined while the config names none. */
  readonly current: Channels | undefined
  /** As `current`, once those of the config have begun. */
  begun(): Promise<Channels | undefined>
  /** Loads them, also without an account: to send, and to answer questions about them. */
  open(): Promise<Channels>
  /** Writes to `chat` of a session, or to where it was spoken to last, if it is in any. The same key is written once. */
  tell(sessionKey: string, key: string, text: string, about?: { readonly chat?: ChatFacts }): Promise<void>
  close(): Promise<void>
}

/** Where the code of a chat channel comes from. Default: its folder. */
export type LoadsChannels = Pick<ChannelsInput, 'loadChannel'>

export function openRuntimeChannels(
  given: Omit<ChannelsInput, 'pairing'> & { readonly secrets: Pick<Secrets, 'lookup' | 'onChange'> },
  undo: Undo,
  { loadChannel }: LoadsChannels = {},
): RuntimeChannels {
  const { config, secrets, log, store, clock, instance } = given
  const pairing = new ChatPairing({
    store: store.chatPairing,
    clock,
    profile: instance.profile,
    notify: async (row) => (await current?.tellAdmitted(row)) ?? 'unsupported',
  })
  const input = { ...given, pairing, ...(loadChannel && { loadChannel }) }
  let current: Channels | undefined
  const open = lazy(async () => {
    const { Channels: Class } = await import('./live/channels.js')
    const channels = new Class(input)
    try {
      await channels.open()
    } catch (error) {
      await channels.close()
      throw error
    }
    current = channels
    return channels
  })
  const follow = () => {
    if (!open.begun && !namesOne(config)) return
    const fresh = open.begun === undefined
    open()
      .then((channels) => (fresh ? undefined : channels.reconcile()))
      .catch((err: unknown) => log.error({ err }, 'the chat channels could not be started'))
  }
  follow()
  undo.push(config.onChange(follow))
  undo.push(secrets.onChange(follow))
  return {
    pairing,
    get current() {
      return current
    },
    open,
    begun: async () => open.begun?.catch(() => undefined),
    async tell(...told) {
      if (open.begun ?? namesOne(config)) await (await open()).tell(...told)
    },
    close: async () => {
      await (await open.begun?.catch(() => undefined))?.close()
    },
  }
}

function namesOne({ current }: ConfigView): boolean {
  return Object.keys(current.channels ?? {}).some((name) => name in knownChannels && name !== 'webchat')
}
