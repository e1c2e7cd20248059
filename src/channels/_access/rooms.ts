import { policyOf } from './groups.js'
import { firstOf, type Layer, switchedOff } from './places.js'
import { names } from './senders.js'
import { entryOf, listOf, mapOf, type Settings } from './settings.js'
import { type AccessFacts, blocked, type Gate } from './types.js'

interface Judged {
  readonly gate: Gate
  readonly layers: readonly Layer[]
}

/** Rooms of a Discord server: `guilds.<id>.channels.<id>`. */
export function discordGate(facts: AccessFacts, settings: Settings): Judged {
  const { place } = facts.message
  const guilds = settings.map('guilds')
  const name = [place.guild, '*'].find((key) => key !== undefined && entryOf(guilds, key))
  const guild = name === undefined ? undefined : entryOf(guilds, name)
  if (name === undefined || !guild) return judged(facts, settings, [], settings.path('guilds'))
  const rooms = mapOf(guild.channels)
  const path = settings.path('guilds', name)
  const at = (...steps: string[]) => settings.path('guilds', name, 'channels', ...steps)
  const room = roomLayers(rooms, facts, at)
  // One entry makes a list of it; a server without entries is open in all its rooms.
  const unlisted = rooms !== undefined && Object.keys(rooms).length > 0 && room.length === 0
  const layers = [...room, { keys: guild, path }]
  return unlisted ? { layers, gate: offOr(facts, settings, layers, at()) } : judged(facts, settings, layers, undefined)
}

/** Rooms of a Slack team: `channels.<id>`. */
export function slackGate(facts: AccessFacts, settings: Settings): Judged {
  const layers = roomLayers(settings.map('channels'), facts, (...steps) => settings.path('channels', ...steps))
  return judged(facts, settings, layers, layers.length > 0 ? undefined : settings.path('channels'))
}

/** Several people in a direct conversation; off unless it was turned on. */
export function groupDirectGate(facts: AccessFacts, settings: Settings): Judged {
  const { place, sender } = facts.message
  const dm = (settings.get('dm') ?? {}) as Readonly<Record<string, unknown>>
  return { layers: [], gate: gateOf() }

  function gateOf(): Gate {
    const policy = policyOf(facts, settings)
    if (policy === 'disabled') return blocked(settings.path('groupPolicy'))
    if (dm.enabled === false) return blocked(settings.path('dm', 'enabled'))
    if (dm.groupEnabled !== true) return blocked(settings.path('dm', 'groupEnabled'))
    const rooms = listOf(dm.groupChannels)?.map(String)
    if (rooms && !rooms.includes('*') && !rooms.includes(place.id)) return blocked(settings.path('dm', 'groupChannels'))
    if (policy === 'open') return undefined
    const key = settings.list('groupAllowFrom') ? 'groupAllowFrom' : 'allowFrom'
    return names(settings.list(key) ?? [], facts, settings, sender) ? undefined : blocked(settings.path(key))
  }
}

/** A thread that is named itself, its room, then what stands for all others. */
function roomLayers(
  rooms: ReturnType<typeof mapOf>,
  { message }: AccessFacts,
  at: (...steps: string[]) => string,
): Layer[] {
  const { id, thread } = message.place
  return [thread, id, '*'].flatMap((name) => {
    const keys = name === undefined ? undefined : entryOf(rooms, name)
    return name === undefined || !keys ? [] : [{ keys, path: at(name) }]
  })
}

function judged(facts: AccessFacts, settings: Settings, layers: readonly Layer[], missing: string | undefined): Judged {
  const policy = policyOf(facts, settings)
  if (policy === 'disabled') return { layers, gate: blocked(settings.path('groupPolicy')) }
  const off = switchedOff(layers)
  if (off !== undefined) return { layers, gate: blocked(off) }
  if (policy === 'allowlist' && missing !== undefined) return { layers, gate: blocked(missing) }
  return { layers, gate: senderGate(facts, settings, layers, policy) }
}

function offOr(facts: AccessFacts, settings: Settings, layers: readonly Layer[], unlisted: string): Gate {
  return judged(facts, settings, layers, undefined).gate ?? blocked(unlisted)
}

/** Whoever is in a room may write there, unless members or roles are named. */
function senderGate(facts: AccessFacts, settings: Settings, layers: readonly Layer[], policy: string): Gate {
  const { sender } = facts.message
  const layer = layers.find(({ keys }) => keys.users !== undefined || keys.roles !== undefined)
  if (layer) {
    const users = listOf(layer.keys.users)
    const roles = listOf(layer.keys.roles)?.map(String)
    const has = sender.roles?.some((role) => roles?.includes(role)) ?? false
    if (has || (users && names(users, facts, settings, sender))) return undefined
    return blocked(firstOf([layer], 'users', 'roles')?.path ?? layer.path)
  }
  const list = policy === 'open' ? undefined : settings.list('groupAllowFrom')
  return list === undefined || names(list, facts, settings, sender)
    ? undefined
    : blocked(settings.path('groupAllowFrom'))
}
