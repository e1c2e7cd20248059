import type { Config } from '../../config/types.js'
import { GatewayError } from '../../kernel/errors.js'

export type Binding = NonNullable<Config['bindings']>[number]

/** `telegram` or `telegram:work`, several with commas, as rules for an agent. Throws `invalid_request`. */
export function readBindings(agentId: string, text: string | undefined): Binding[] {
  const names = (text ?? '').split(',').map((name) => name.trim())
  return names.filter((name) => name !== '').map((name) => ({ agentId, match: matchOf(name) }))
}

function matchOf(name: string): NonNullable<Binding['match']> {
  const [, channel, accountId] = /^([a-z0-9_-]{1,64})(?::(.{1,128}))?$/i.exec(name) ?? []
  if (channel === undefined) {
    throw new GatewayError('invalid_request', {
      message: `"${name.slice(0, 80)}" is no binding. Write <channel> or <channel>:<account>.`,
      param: 'bind',
    })
  }
  return { channel: channel.toLowerCase(), ...(accountId !== undefined && { accountId }) }
}

/** For people: `telegram:work`, with what narrows it down. */
export function bindingText({ match = {} }: Binding): string {
  const { channel = '*', accountId, peer, guildId, teamId, roles } = match
  const place = accountId === undefined ? channel : `${channel}:${accountId}`
  const more = [
    peer && `${peer.kind ?? 'direct'} ${peer.id ?? '*'}`,
    guildId && `guild ${guildId}`,
    teamId && `team ${teamId}`,
    roles && roles.length > 0 && `roles ${roles.join(' ')}`,
  ].filter(Boolean)
  return more.length === 0 ? place : `${place} (${more.join(', ')})`
}

/** True when both mean the same messages of the same agent. */
export function sameBinding(a: Binding, b: Binding): boolean {
  return a.agentId === b.agentId && JSON.stringify(a.match ?? {}) === JSON.stringify(b.match ?? {})
}
