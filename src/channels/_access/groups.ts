import type { Layer } from './places.js'
import { firstOf, groupLayers, switchedOff } from './places.js'
import { isConcrete, names } from './senders.js'
import { entryOf, listOf, type Settings } from './settings.js'
import { type AccessFacts, blocked, type Gate } from './types.js'

export type GroupPolicy = 'open' | 'allowlist' | 'disabled'

/** Channels whose groups are all meant when the config names none: there, the lists of senders keep strangers out. */
const everyGroup = new Set(['whatsapp', 'signal', 'imessage', 'qqbot'])

/** Groups of people (spec/runtime.md 1.2): policy, then the group, then the sender. The mention comes after. */
export function groupGate(facts: AccessFacts, settings: Settings): { gate: Gate; layers: readonly Layer[] } {
  const { place, sender } = facts.message
  const layers = groupLayers(settings, place.id, place.thread)
  return { layers, gate: gateOf() }

  function gateOf(): Gate {
    const policy = policyOf(facts, settings)
    if (policy === 'disabled') return blocked(settings.path('groupPolicy'))
    const off = switchedOff(layers)
    if (off !== undefined) return blocked(off)
    const here = firstOf(layers, 'allowFrom', 'users')
    if (policy === 'open')
      return here && !names(listOf(here.value) ?? [], facts, settings, sender) ? blocked(here.path) : undefined
    const missing = placeList(facts, settings)
    if (missing !== undefined) return blocked(missing)
    const list = here ?? senderList(settings)
    if (list === undefined) return undefined
    return names(listOf(list.value) ?? [], facts, settings, sender) ? undefined : blocked(list.path)
  }
}

/** A channel that the config does not mention is not open, whatever `channels.defaults` says. */
export function policyOf(facts: AccessFacts, settings: Settings): GroupPolicy {
  const said = settings.get('groupPolicy')
  if (said === 'open' || said === 'allowlist' || said === 'disabled') return said
  if (settings.channel !== 'qqbot' || !settings.present || said !== undefined) return 'allowlist'
  return isConcrete(settings.list('groupAllowFrom') ?? settings.list('allowFrom'), facts) ? 'allowlist' : 'open'
}

/** The key that would have to name the group; undefined when it is named. */
function placeList(facts: AccessFacts, settings: Settings): string | undefined {
  const { id } = facts.message.place
  const groups = settings.map('groups')
  const listed = entryOf(groups, id) !== undefined
  if (settings.channel === 'feishu') {
    const chats = settings.list('groupAllowFrom')
    if (chats !== undefined) {
      const named = chats.map((chat) => String(chat).trim())
      const isThis = (chat: string) => chat === '*' || chat === id || facts.normalise(chat) === id
      return listed || named.some(isThis) ? undefined : settings.path('groupAllowFrom')
    }
    return listed || entryOf(groups, '*') ? undefined : settings.path('groupAllowFrom')
  }
  if (listed || entryOf(groups, '*')) return undefined
  return groups === undefined && everyGroup.has(settings.channel) ? undefined : settings.path('groups')
}

/** Who may write in groups; undefined for everybody. Approved pairings are for direct messages. */
function senderList(settings: Settings): { value: unknown; path: string } | undefined {
  const list = (key: string) => {
    const value = settings.list(key)
    return value && { value, path: settings.path(key) }
  }
  // There, `groupAllowFrom` names chats, and whoever is in one of them may write.
  if (settings.channel === 'feishu') return list('groupSenderAllowFrom')
  return list('groupAllowFrom') ?? list('allowFrom') ?? { value: [], path: settings.path('groupAllowFrom') }
}
