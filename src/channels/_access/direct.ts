import { formsOf, isConcrete, isOwner, names } from './senders.js'
import type { Settings } from './settings.js'
import { type AccessFacts, blocked, type Verdict } from './types.js'

type Policy = 'pairing' | 'allowlist' | 'open' | 'disabled'

/** Direct messages (spec/runtime.md 1.2). */
export function judgeDirect(facts: AccessFacts, settings: Settings): Verdict {
  const { message, allowed } = facts
  const { sender } = message
  const admit: Verdict = { kind: 'admit', owner: isOwner(facts, sender) }
  const dm = settings.get('dm')
  if (isOff(dm)) return blocked(settings.path('dm', 'enabled'))
  const { policy, implied } = policyOf(facts, settings)
  if (policy === 'disabled') return blocked(settings.path('dmPolicy'))
  if (message.self) {
    return settings.get('selfChatMode') === false ? blocked(settings.path('selfChatMode')) : admit
  }
  if (implied || names(settings.list('allowFrom') ?? [], facts, settings, sender)) return admit
  if (policy === 'open') return blocked(settings.path('allowFrom'))
  if (formsOf(sender, facts).some((form) => allowed.has(form))) return admit
  // Two bots that send each other codes would never end.
  if (policy === 'allowlist' || sender.bot) return blocked(settings.path('allowFrom'))
  return { kind: 'pair' }
}

/** `implied`: open although nobody wrote so, which only QQ is, where no list was written either. */
function policyOf(facts: AccessFacts, settings: Settings): { policy: Policy; implied: boolean } {
  const said = settings.get('dmPolicy')
  if (said === 'pairing' || said === 'allowlist' || said === 'open' || said === 'disabled') {
    return { policy: said, implied: false }
  }
  if (settings.channel !== 'qqbot' || !settings.present || said !== undefined) {
    return { policy: 'pairing', implied: false }
  }
  return isConcrete(settings.list('allowFrom'), facts)
    ? { policy: 'allowlist', implied: false }
    : { policy: 'open', implied: true }
}

function isOff(dm: unknown): boolean {
  return typeof dm === 'object' && dm !== null && (dm as { readonly enabled?: unknown }).enabled === false
}
