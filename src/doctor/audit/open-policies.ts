import { isTree, type Tree } from '../../config/tree.js'
import type { Config } from '../../config/types.js'

export interface ChannelScope {
  /** `channels.telegram` or `channels.telegram.accounts.work`. */
  readonly path: string
  readonly channel: string
  readonly settings: Tree
}

/** Channels and their accounts that are not switched off. */
export function channelScopes({ channels = {} }: Config): ChannelScope[] {
  return Object.entries(channels).flatMap(([channel, settings]): ChannelScope[] => {
    if (channel === 'defaults' || !isTree(settings) || settings.enabled === false) return []
    const own: Tree = settings
    const accounts = isTree(own.accounts) ? own.accounts : {}
    const further = Object.entries(accounts).flatMap(([id, account]): ChannelScope[] =>
      isTree(account) && account.enabled !== false
        ? [{ path: `channels.${channel}.accounts.${id}`, channel, settings: account }]
        : [],
    )
    return [{ path: `channels.${channel}`, channel, settings: own }, ...further]
  })
}

/** Where everybody may write. */
export function openPolicies(config: Config): { readonly direct: string[]; readonly groups: string[] } {
  const scopes = channelScopes(config)
  const anybody = ({ settings }: ChannelScope) =>
    settings.dmPolicy === 'open' && Array.isArray(settings.allowFrom) && settings.allowFrom.includes('*')
  return {
    direct: scopes.filter(anybody).map(({ path }) => path),
    groups: scopes.filter(({ settings }) => settings.groupPolicy === 'open').map(({ path }) => path),
  }
}
