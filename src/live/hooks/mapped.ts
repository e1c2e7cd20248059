import type { HookMapping } from '../../../schemas/config/hook-mapping.js'
import {
  isTemplate,
  literalStart,
  renderTemplate,
  type TemplateFacts,
  wholeBody,
} from '../../automation/hooks/template.js'
import type { HookAsk, WordsAsk } from './calls.js'
import type { Transformed } from './transform.js'

/** A session key that begins so belongs to hooks, whatever a caller puts behind it. */
const ownPrefix = 'hook:'

/** What a mapping makes of a call: a turn, or words. `changed`: what its transform says. */
export function mappedAsk(mapping: HookMapping, facts: TemplateFacts, changed: Transformed = {}): HookAsk | WordsAsk {
  const fill = (template: string | undefined) =>
    template === undefined ? undefined : renderTemplate(template, facts).trim() || undefined
  const { action = 'agent', allowUnsafeExternalContent: trusted = false } = mapping
  const sessionKey = changed.sessionKey ?? fill(mapping.sessionKey)
  const common = {
    name: changed.name ?? fill(mapping.name) ?? mapping.id ?? facts.path,
    agentId: mapping.agentId,
    sessionKey,
    named: sessionKey !== undefined && isNamed(mapping, changed),
    wake: changed.wakeMode ?? mapping.wakeMode ?? ('now' as const),
    trusted,
  }
  if (action === 'wake') {
    const template = mapping.textTemplate ?? mapping.messageTemplate
    return { kind: 'wake', ...common, text: changed.text ?? changed.message ?? fill(template) ?? wholeBody(facts) }
  }
  const template = mapping.messageTemplate ?? mapping.textTemplate
  const message = changed.message ?? changed.text
  return {
    kind: 'agent',
    ...common,
    text: message ?? fill(template) ?? wholeBody(facts),
    // Words that a transform made are not those of the operator.
    template: message === undefined ? template : undefined,
    sessionMode: mapping.sessionMode,
    deliver: changed.deliver ?? mapping.deliver ?? true,
    channel: changed.channel ?? mapping.channel,
    to: changed.to ?? fill(mapping.to),
    accountId: mapping.accountId,
    threadId: mapping.threadId,
    model: changed.model ?? mapping.model,
    thinking: changed.thinking ?? mapping.thinking,
    timeoutSeconds: changed.timeoutSeconds ?? mapping.timeoutSeconds,
  }
}

/** The caller has a part in the key, beyond what stands behind `hook:`. */
function isNamed({ sessionKey = '' }: HookMapping, changed: Transformed): boolean {
  if (changed.sessionKey !== undefined) return !changed.sessionKey.startsWith(ownPrefix)
  return isTemplate(sessionKey) && !literalStart(sessionKey).startsWith(ownPrefix)
}

/** Where senders write down which event it is: signed, or at least the same when it is sent again. */
const eventIds: Readonly<Record<string, (facts: TemplateFacts) => string>> = {
  github: (facts) => renderTemplate('{{headers.x-github-delivery}}', facts),
  stripe: (facts) => renderTemplate('{{id}}', facts),
  slack: (facts) => renderTemplate('{{event_id}}', facts),
}

/**
 * By what a repeated call of a mapping is recognised; undefined: by nothing but the header of the caller. `digest`: of a
 * signed call that names its time; it is always recognised, so that whoever has listened to it cannot send it again.
 */
export function eventKey(mapping: HookMapping, facts: TemplateFacts, digest: string | undefined): string | undefined {
  const own = mapping.idempotencyKey === undefined ? '' : renderTemplate(mapping.idempotencyKey, facts).trim()
  if (own !== '') return `own:${own}`
  const scheme = mapping.signature && (mapping.signature.scheme ?? 'hmac')
  const id = (scheme && eventIds[scheme]?.(facts)) ?? ''
  if (id !== '') return `event:${id}`
  return digest === undefined ? undefined : `signed:${digest}`
}
