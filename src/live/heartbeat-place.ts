import type { BeatSettings } from '../automation/heartbeat/settings.js'
import type { Config } from '../config/types.js'
import type { ChatRoute } from './chat-routes.js'
import type { Mail } from './letters.js'

/** What people see of a heartbeat (spec/runtime.md 6.1). */
export interface Visibility {
  readonly showOk: boolean
  readonly showAlerts: boolean
  readonly useIndicator: boolean
}

const usual: Visibility = { showOk: false, showAlerts: true, useIndicator: true }

/** Where a heartbeat speaks: nowhere on purpose, to a chat, or `undefined` when there is no chat yet. */
export type BeatPlace = { readonly route: undefined } | { readonly route: ChatRoute; readonly shown: Visibility }

/** The place of an agent's heartbeat. Throws `channel_unavailable` or `invalid_request` for one that cannot be. */
export async function placeOf(
  input: Mail,
  { target, to, accountId }: Pick<BeatSettings, 'target' | 'to' | 'accountId'>,
  sessionKey: string,
  mainKey: string,
): Promise<BeatPlace | undefined> {
  if (target === 'none') return { route: undefined }
  const route =
    target === 'last'
      ? ((await input.lastRoute(sessionKey)) ?? (await input.lastRoute(mainKey)))
      : target === 'owner'
        ? await ownerOf(input, mainKey)
        : await named(input, target, to, accountId)
  if (!route) return undefined
  // The model is not asked for words that nobody can bring.
  const { manager } = await input.channels()
  return manager.wanted(route.channel, route.account) && { route, shown: shownAt(input.config(), route) }
}

/** The direct chat of the one whom the gateway works for: who wrote last, a named owner, the first on an account's list. */
async function ownerOf({ lastRoute, channels, config }: Mail, mainKey: string): Promise<ChatRoute | undefined> {
  const last = await lastRoute(mainKey)
  if (last?.place.kind === 'direct') return last
  const open = await channels()
  for (const entry of config().commands?.ownerAllowFrom ?? []) {
    const [, channel = '', id = ''] = /^([^:]+):(.+)$/.exec(String(entry)) ?? []
    const account = open.manager.accounts.find((one) => one.account.channel === channel)?.account
    if (account) return open.resolve(channel, account.id, id)
  }
  for (const { account } of open.manager.accounts) {
    const owner = firstAllowed(account.keys)
    if (owner !== undefined) return open.resolve(account.channel, account.id, owner)
  }
  return undefined
}

async function named(
  { channels }: Mail,
  channel: string,
  to: string | undefined,
  accountId: string | undefined,
): Promise<ChatRoute | undefined> {
  const open = await channels()
  const { account } = open.account(channel, accountId)
  const target = to ?? firstAllowed(account.keys)
  return target === undefined ? undefined : open.resolve(channel, account.id, target)
}

function firstAllowed({ allowFrom }: Readonly<Record<string, unknown>>): string | undefined {
  const list = Array.isArray(allowFrom) ? allowFrom.map(String) : []
  return list.find((entry) => entry !== '*' && entry.trim() !== '')
}

/** The flags of the account over those of its channel, of all channels, and what is usual. */
function shownAt({ channels = {} }: Config, { channel, account }: ChatRoute): Visibility {
  const keys = (channels as Readonly<Record<string, Flags | undefined>>)[channel]
  return {
    ...usual,
    ...(channels as { readonly defaults?: Flags }).defaults?.heartbeatVisibility,
    ...keys?.heartbeatVisibility,
    ...keys?.accounts?.[account]?.heartbeatVisibility,
  }
}

interface Flags {
  readonly heartbeatVisibility?: Partial<Visibility>
  readonly accounts?: Readonly<Record<string, Flags | undefined>>
}
