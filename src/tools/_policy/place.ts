import type { Config } from '../../../schemas/config/index.js'
import { formatPath } from '../../config/path.js'
import type { Scope, ScopeRules } from './scope.js'
import { senderScope } from './sender.js'
import type { PlaceFacts, SenderFacts } from './types.js'

interface PlaceSettings {
  readonly tools?: ScopeRules
  readonly toolsBySender?: Readonly<Record<string, ScopeRules>>
}
interface ChannelSettings {
  readonly groups?: Readonly<Record<string, PlaceSettings>>
  readonly accounts?: Readonly<Record<string, Pick<ChannelSettings, 'groups'>>>
}

/**
 * What a group says of tools: for this sender, else for all; the group itself before `*`. The groups of an account
 * replace those of its channel as a whole (spec/runtime.md 1.2).
 */
export function placeScope(
  channels: Config['channels'],
  place: PlaceFacts | undefined,
  sender: SenderFacts | undefined,
): Scope | undefined {
  if (!place) return undefined
  const settings = (channels as Readonly<Record<string, ChannelSettings | undefined>> | undefined)?.[place.channel]
  const account = place.account === undefined ? undefined : settings?.accounts?.[place.account]
  const path = ['channels', place.channel, ...(account?.groups ? ['accounts', place.account ?? ''] : []), 'groups']
  const groups = account?.groups ?? settings?.groups
  return scopeOf(groups, place.id, path, sender) ?? scopeOf(groups, '*', path, sender)
}

function scopeOf(
  groups: ChannelSettings['groups'],
  id: string,
  path: readonly string[],
  sender: SenderFacts | undefined,
): Scope | undefined {
  if (!groups || !Object.hasOwn(groups, id)) return undefined
  const group = groups[id]
  const own = senderScope(group?.toolsBySender, sender, [...path, id, 'toolsBySender'])
  if (own || !group?.tools) return own
  return { key: formatPath([...path, id, 'tools']), rules: group.tools }
}
