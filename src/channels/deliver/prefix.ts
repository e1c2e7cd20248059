import type { Config } from '../../config/types.js'
import type { Account } from '../port.js'

/** What the variables of a prefix stand for; absent: it is not known, and the variable stands for nothing. */
export interface PrefixFacts {
  readonly identityName: string | undefined
  readonly provider: string | undefined
  readonly model: string | undefined
  readonly thinkingLevel: string | undefined
}

/** In a chat with oneself the answers would look like one's own words. */
const selfPrefix = '[openclaw]'
const variable = /\{(identity\.name|identityName|model|modelFull|provider|thinkingLevel|think)\}/gi

/** What stands in front of the answers of an account, with its variables (spec/runtime.md 1.7). `self`: to oneself. */
export function prefixTemplate({ keys }: Account, { messages }: Config, self: boolean): string | undefined {
  const own = typeof keys.responsePrefix === 'string' ? keys.responsePrefix : messages?.responsePrefix
  return own ?? (self ? 'auto' : undefined)
}

/** Who the agent is has to be known for it. */
export function namesIdentity(template: string): boolean {
  return template === 'auto' || /\{identity/i.test(template)
}

export function hasVariables(template: string | undefined): boolean {
  return template === 'auto' || template?.includes('{') === true
}

/** The text itself. A name in braces that is no variable stays as it is. */
export function fillPrefix(template: string, facts: PrefixFacts, self: boolean): string {
  const { identityName, provider, model, thinkingLevel } = facts
  if (template === 'auto') return identityName === undefined ? (self ? selfPrefix : '') : `[${identityName}]`
  const values: Readonly<Record<string, string | undefined>> = {
    ...{ 'identity.name': identityName, identityname: identityName, provider, model },
    modelfull: [provider, model].filter(Boolean).join('/'),
    ...{ thinkinglevel: thinkingLevel, think: thinkingLevel },
  }
  return template.replace(variable, (_whole, name: string) => values[name.toLowerCase()] ?? '').trim()
}
