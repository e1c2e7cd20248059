import { judgeDirect } from './_access/direct.js'
import { groupGate, policyOf } from './_access/groups.js'
import { firstOf, type Layer } from './_access/places.js'
import { discordGate, groupDirectGate, slackGate } from './_access/rooms.js'
import { isConcrete, isOwner, names } from './_access/senders.js'
import { type Settings, settingsOf } from './_access/settings.js'
import { type AccessFacts, blocked, type Gate, type Verdict } from './_access/types.js'
import type { Sender } from './port.js'

export type { AccessFacts, Verdict } from './_access/types.js'

/**
 * Who may talk to the bot (spec/runtime.md 1.2). Pure: the same facts give the same verdict. An owner is whom
 * `commands.ownerAllowFrom` names; nothing that a sender does makes one of him.
 */
export function judge(facts: AccessFacts): Verdict {
  const settings = settingsOf(facts)
  const { place, sender } = facts.message
  if (place.kind === 'direct') return botGate(facts, settings, []) ?? judgeDirect(facts, settings)
  const { gate, layers } = gateOf(facts, settings)
  return (
    gate ??
    botGate(facts, settings, layers) ??
    mentionGate(facts, settings, layers) ?? { kind: 'admit', owner: isOwner(facts, sender) }
  )
}

/** True when an allow list names somebody, for what is shown as context (`contextVisibility`). */
export function isListed(facts: AccessFacts, sender: Sender): boolean {
  const settings = settingsOf(facts)
  const lists = ['groupAllowFrom', 'groupSenderAllowFrom', 'allowFrom'].map((key) => settings.list(key) ?? [])
  return lists.some((list) => names(list, facts, settings, sender))
}

/**
 * False when answers of the main session are to go on to somebody else: exactly one person is let in by name, and this
 * is not him (spec/runtime.md 1.5).
 */
export function takesLastRoute(facts: AccessFacts): boolean {
  const settings = settingsOf(facts)
  const list = settings.list('allowFrom') ?? []
  const [only] = list
  if (list.length !== 1 || only === undefined || !isConcrete(list, facts)) return true
  return names(list, facts, settings, facts.message.sender) || isOwner(facts, facts.message.sender)
}

function gateOf(facts: AccessFacts, settings: Settings): { gate: Gate; layers: readonly Layer[] } {
  const isRoomed = settings.channel === 'discord' || settings.channel === 'slack'
  if (!isRoomed) return groupGate(facts, settings)
  if (facts.message.place.kind === 'group') return groupDirectGate(facts, settings)
  return settings.channel === 'discord' ? discordGate(facts, settings) : slackGate(facts, settings)
}

/** Bots talk to each other for ever when they are let. */
function botGate({ message, mentioned }: AccessFacts, settings: Settings, layers: readonly Layer[]): Gate {
  if (!message.sender.bot) return undefined
  const here = firstOf(layers, 'allowBots')
  const allow = here?.value ?? settings.get('allowBots')
  if (allow === true || (allow === 'mentions' && mentioned)) return undefined
  return blocked(here?.path ?? settings.path('allowBots'))
}

function mentionGate(facts: AccessFacts, settings: Settings, layers: readonly Layer[]): Gate {
  if (facts.mentioned || facts.activation === 'always') return undefined
  const drop = (why: string): Gate => ({ kind: 'drop', reason: 'mention required', why, keepForHistory: true })
  if (facts.activation === 'mention') return drop('/activation')
  const here = firstOf(layers, 'requireMention')
  const said = here?.value ?? settings.get('requireMention')
  // Groups of Feishu that are open to everybody are answered without it, unless the config says otherwise.
  const byDefault = !(settings.channel === 'feishu' && policyOf(facts, settings) === 'open')
  return (typeof said === 'boolean' ? said : byDefault)
    ? drop(here?.path ?? settings.path('requireMention'))
    : undefined
}
