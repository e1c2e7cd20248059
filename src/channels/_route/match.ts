import type { Config } from '../../config/types.js'
import type { Inbound } from '../port.js'

export type Match = NonNullable<NonNullable<Config['bindings']>[number]['match']>

export interface Candidate {
  readonly channel: string
  readonly account: string
  readonly isDefaultAccount: boolean
  readonly message: Pick<Inbound, 'place' | 'sender'>
}

/** How particular a rule is; the smallest number wins (spec/runtime.md 1.4). */
const tiers = { peer: 0, parent: 1, anyPeer: 2, roles: 3, guild: 4, team: 5, account: 6, anyAccount: 7 } as const

/** The tier of a rule; undefined when it does not hold. Everything that it says must. */
export function matchOf(match: Match, candidate: Candidate): number | undefined {
  const { channel, account, isDefaultAccount, message } = candidate
  const { place, sender } = message
  if (match.channel !== undefined && match.channel !== '*' && !same(match.channel, channel)) return undefined
  // A rule without an account is for the account that needs no name.
  const wanted = match.accountId?.trim()
  if (wanted === undefined ? !isDefaultAccount : wanted !== '*' && !same(wanted, account)) return undefined
  if (match.guildId !== undefined && !same(match.guildId, place.guild)) return undefined
  if (match.teamId !== undefined && !same(match.teamId, place.guild)) return undefined
  const roles = match.roles ?? []
  if (roles.length > 0 && !roles.some((role) => sender.roles?.includes(role))) return undefined
  if (match.peer) return peerTier(match.peer, candidate)
  if (roles.length > 0) return tiers.roles
  if (match.guildId !== undefined) return tiers.guild
  if (match.teamId !== undefined) return tiers.team
  return wanted === '*' ? tiers.anyAccount : tiers.account
}

function peerTier({ kind, id }: NonNullable<Match['peer']>, { channel, message }: Candidate): number | undefined {
  const { place, sender } = message
  if (kind !== undefined && kind !== place.kind) return undefined
  const wanted = id === undefined ? '*' : withoutChannel(String(id).trim(), channel)
  if (wanted === '*') return tiers.anyPeer
  const { thread } = place
  const whole =
    place.kind === 'direct'
      ? [sender.id, sender.e164, place.id]
      : thread === undefined
        ? [place.id]
        : [`${place.id}:topic:${thread}`, `${place.id}:thread:${thread}`, ...(channel === 'discord' ? [thread] : [])]
  if (whole.some((peer) => same(wanted, peer))) return tiers.peer
  return place.kind !== 'direct' && thread !== undefined && same(wanted, place.id) ? tiers.parent : undefined
}

const same = (text: string, other: string | undefined) => text.trim().toLowerCase() === other?.toLowerCase()

const withoutChannel = (text: string, channel: string) =>
  text.toLowerCase().startsWith(`${channel}:`) ? text.slice(channel.length + 1) : text
