import type { AgentRoster } from '../agents/select.js'
import type { Config } from '../config/types.js'
import { judge, takesLastRoute } from './access.js'
import { asContext, type GroupHistory, historyLimit } from './history.js'
import type { Admission, IntakeOptions } from './intake-types.js'
import { isMentioned, type Mentions } from './mentions.js'
import { type ChatPairing, pairingText } from './pairing.js'
import { type Account, type Channel, type Inbound, placeKey } from './port.js'
import { routeOf } from './route.js'

export interface GateOptions {
  readonly profile: string
  readonly config: () => Config
  /** The environment, with what the config adds to it. */
  readonly env: () => Readonly<Record<string, string | undefined>>
  readonly roster: () => AgentRoster
  readonly channel: (name: string) => Channel | undefined
  readonly pairing: Pick<ChatPairing, 'request' | 'allowed'>
  readonly history: GroupHistory
  readonly mentions: Mentions
  /** `/activation` of a group's session. */
  readonly activation: (sessionKey: string) => Promise<'mention' | 'always' | undefined>
}

/** Who may talk to whom, for one message: the policy, then the route (spec/runtime.md 1.1, steps 4 and 5). */
export function openGate(options: GateOptions): IntakeOptions['gate'] {
  const { config, roster, channel, pairing, history, mentions, activation } = options
  return async (account, message, again) => {
    const current = config()
    const where = { channel: account.channel, account: account.id, message, env: options.env() }
    const { agent, sessionKey } = routeOf(current, roster(), where)
    const direct = message.place.kind === 'direct'
    const chosen = direct ? undefined : await activation(sessionKey)
    const facts = {
      account,
      config: current,
      message,
      normalise: channel(account.channel)?.normaliseId ?? ((text) => text),
      allowed: direct ? await pairing.allowed(account.channel, account.id) : new Set<string>(),
      mentioned:
        message.mentioned === true || (!direct && isMentioned(message.text, mentions.patterns(current, agent))),
      ...(chosen && { activation: chosen }),
    }
    const verdict = judge(facts)
    if (verdict.kind === 'pair') return pair(options, account, message, again)
    const place = `${account.channel} ${account.id} ${placeKey(message.place)}`
    if (verdict.kind === 'drop') {
      if (verdict.keepForHistory) {
        const { id, at, sender, text } = message
        const groups = (account.keys.groups ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>>>>
        const here = groups[message.place.id] ?? groups['*']
        const { channel: name, keys } = account
        const limit = historyLimit(current, { channel: name, agent, keys, ...(here && { place: here }) })
        history.add(place, { id, at, sender: sender.name ?? sender.username ?? sender.id, text }, limit)
      }
      return { kind: 'drop', reason: verdict.reason, why: verdict.why }
    }
    const before = direct ? undefined : asContext(history.take(place))
    return {
      kind: 'admit',
      agent,
      sessionKey,
      mentioned: direct || facts.mentioned,
      // News of a session that a stranger may write to too go on to its owner.
      route: !direct || takesLastRoute(facts),
      caller: {
        owner: verdict.owner,
        name: `${account.channel}:${message.sender.id}`,
        account: account.id,
        answerable: verdict.owner,
        sender: senderOf(account, message),
        chat: { channel: account.channel, account: account.id, place: message.place },
        ...(!direct && { place: { channel: account.channel, account: account.id, id: message.place.id } }),
      },
      ...(before !== undefined && { before }),
    }
  }
}

/** Said once for each request: a stranger must not make the bot talk. `again`: it may not have been said. */
async function pair(
  { profile, pairing, channel }: GateOptions,
  account: Account,
  message: Inbound,
  again: boolean,
): Promise<Admission> {
  const request = await pairing.request(account.channel, account.id, message.sender)
  if (!request || (!request.created && !again)) {
    return { kind: 'drop', reason: 'pairing request', why: 'it waits already' }
  }
  const label = channel(account.channel)?.label ?? account.channel
  const facts = { profile, channel: account.channel, label, account: account.id, sender: message.sender.id }
  return { kind: 'reply', text: pairingText({ ...facts, code: request.code }) }
}

/** Who wrote a message, as the rules for tools know people. */
export function senderOf({ channel }: Account, { sender: { id, e164, username, name } }: Inbound) {
  return {
    channel,
    id,
    ...(e164 !== undefined && { e164 }),
    ...(username !== undefined && { username }),
    ...(name !== undefined && { name }),
  }
}
