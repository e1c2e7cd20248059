import type { Sender } from '../port.js'
import type { IdList, Settings } from './settings.js'
import { listOf } from './settings.js'
import type { AccessFacts } from './types.js'

type Facts = Pick<AccessFacts, 'account' | 'config' | 'normalise'>

const everyone = '*'
const groupPrefix = 'accessGroup:'

/** True when the list names the sender, or everybody. An entry that names nobody lets nobody in. */
export function names(list: IdList, facts: Facts, settings: Settings, sender: Sender): boolean {
  const entries = expanded(list, facts)
  if (entries.includes(everyone)) return true
  const forms = formsOf(sender, facts)
  const byName = settings.get('dangerouslyAllowNameMatching') === true ? sender.username?.toLowerCase() : undefined
  return entries.some((entry) => {
    const id = facts.normalise(entry)
    if (id !== undefined) return forms.includes(id)
    return byName !== undefined && entry.replace(/^@/, '').toLowerCase() === byName
  })
}

/** True when the list holds somebody in particular. */
export function isConcrete(list: IdList | undefined, facts: Facts): boolean {
  return list !== undefined && expanded(list, facts).some((entry) => entry !== everyone)
}

/** Entries as text, without spaces around; sets of senders stand for what they hold. A set that is not there is empty. */
function expanded(list: IdList, { account, config }: Facts): string[] {
  return list.flatMap((entry) => {
    const text = String(entry).trim()
    if (!text.startsWith(groupPrefix)) return text === '' ? [] : [text]
    const name = text.slice(groupPrefix.length).trim()
    const sets = config.accessGroups ?? {}
    const members = (Object.hasOwn(sets, name) && sets[name]?.members) || {}
    const here = Object.hasOwn(members, account.channel) ? listOf(members[account.channel]) : undefined
    const everywhere = Object.hasOwn(members, everyone) ? listOf(members[everyone]) : undefined
    // Sets do not hold sets: a circle could not be told from a long way.
    return [...(here ?? []), ...(everywhere ?? [])]
      .map((member) => String(member).trim())
      .filter((member) => member !== '' && !member.startsWith(groupPrefix))
  })
}

/** Everything that stands for this sender in a list. */
export function formsOf({ id, e164 }: Sender, { normalise }: Pick<Facts, 'normalise'>): string[] {
  const number = e164 === undefined ? undefined : normalise(e164)
  return number === undefined || number === id ? [id] : [id, number]
}

/**
 * True when `commands.ownerAllowFrom` names the sender as `<channel>:<id>`. An id alone would be that of anybody who has
 * it elsewhere, and `*` makes nobody an owner.
 */
export function isOwner({ account, config, normalise }: Facts, sender: Sender): boolean {
  const forms = formsOf(sender, { normalise })
  const wanted = [account.channel, ...(shortNames[account.channel] ?? [])]
  return (config.commands?.ownerAllowFrom ?? []).some((entry) => {
    const [, channel = '', rest = ''] = /^([^:]+):(.+)$/s.exec(String(entry).trim()) ?? []
    if (!wanted.includes(channel.trim().toLowerCase())) return false
    const id = normalise(rest)
    return id !== undefined && id !== everyone && forms.includes(id)
  })
}

const shortNames: Readonly<Record<string, readonly string[]>> = { telegram: ['tg'], feishu: ['lark'], qqbot: ['qq'] }
