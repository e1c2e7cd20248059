import { createHash, randomUUID } from 'node:crypto'
import type { HookAgentRequest, HookWakeRequest } from '../../../schemas/http/hooks.js'
import { hookPrompt, hookWords } from '../../automation/hooks/prompt.js'
import { hookSession, wordsSession } from '../../automation/hooks/session.js'
import { knownChannels } from '../../channels/known.js'
import { GatewayError } from '../../kernel/errors.js'
import type { KeyRules } from '../../sessions/canonical.js'
import type { HookCallRow, HookPlace, WakeMode } from '../../storage/types.js'
import type { HooksConfig } from './settings.js'

interface Ask {
  readonly name: string
  readonly text: string
  readonly agentId?: string | undefined
  readonly sessionKey?: string | undefined
  /** The caller has a part in the session key. */
  readonly named: boolean
  readonly wake: WakeMode
  /** The text is no stranger's. */
  readonly trusted: boolean
}

/** A turn that a call asks for. */
export interface HookAsk extends Ask {
  readonly kind: 'agent'
  readonly template?: string | undefined
  readonly sessionMode?: 'isolated' | 'persistent' | undefined
  readonly deliver: boolean
  readonly channel?: string | undefined
  readonly to?: string | undefined
  readonly accountId?: string | undefined
  readonly threadId?: string | undefined
  readonly model?: string | undefined
  readonly thinking?: string | undefined
  readonly timeoutSeconds?: number | undefined
}

/** Words for a session that a call brings. */
export interface WordsAsk extends Ask {
  readonly kind: 'wake'
}

/** What `POST /hooks/wake` asks for. Its text is the caller's own, who holds the token. */
export function wakeAsk({ text, mode = 'now', agentId, sessionKey }: HookWakeRequest): WordsAsk {
  const named = sessionKey !== undefined
  return { kind: 'wake', name: 'wake', text, agentId, sessionKey, named, wake: mode, trusted: true }
}

/** What `POST /hooks/agent` asks for. */
export function agentAsk({
  message,
  name = 'Hook',
  wakeMode = 'now',
  deliver = true,
  ...more
}: HookAgentRequest): HookAsk {
  const { idempotencyKey: _, ...rest } = more
  const named = rest.sessionKey !== undefined
  return { kind: 'agent', ...rest, name, text: message, wake: wakeMode, deliver, named, trusted: false }
}

/** A call as it is kept. Throws `invalid_request`, `agent_not_found`. */
export function callRow(ask: HookAsk | WordsAsk, rules: KeyRules, hooks: HooksConfig, at: number): HookCallRow {
  if (ask.text.trim() === '') {
    const param = ask.kind === 'wake' ? 'text' : 'message'
    throw new GatewayError('invalid_request', { message: `\`${param}\` must not be blank.`, param })
  }
  const id = `hook_${randomUUID()}`
  const { agentId, sessionKey, named, wake } = ask
  const row = { id, at, runId: id, attempts: 0 }
  if (ask.kind === 'wake') {
    const session = wordsSession(rules, hooks, { agentId, sessionKey, named })
    return { ...row, ...session, request: { kind: 'wake', text: hookWords(ask), wake } }
  }
  const { name, model, thinking, timeoutSeconds } = ask
  return {
    ...row,
    ...hookSession(rules, hooks, { agentId, sessionKey, named, mode: ask.sessionMode }),
    request: {
      // Who wants nothing delivered does not want it told by another turn either.
      ...{
        kind: 'agent',
        name,
        text: hookPrompt(ask),
        wake: ask.deliver ? wake : 'next-heartbeat',
        place: placeOf(ask),
        model,
        thinking,
      },
      timeoutMs: timeoutSeconds === undefined ? undefined : timeoutSeconds * 1_000,
    },
  }
}

/** Undefined: nobody but the main session hears of the answer. */
function placeOf({ deliver, channel, to, accountId, threadId }: HookAsk): HookPlace | undefined {
  if (to !== undefined && channel === undefined) throw invalid('`to` needs `channel`.', 'channel')
  if (to !== undefined && channel === 'last') throw invalid('`to` needs a channel other than last.', 'to')
  if (channel === undefined) return undefined
  if (channel !== 'last' && !Object.hasOwn(knownChannels, channel)) {
    const known = Object.keys(knownChannels).join(', ')
    throw invalid(`There is no channel "${channel.slice(0, 50)}". Known: last, ${known}.`, 'channel')
  }
  if (channel !== 'last' && to === undefined && deliver) throw invalid(`\`channel\` ${channel} needs \`to\`.`, 'to')
  return deliver ? { channel, to, accountId, threadId } : undefined
}

/** A key in the words of its door, so that the same word at two doors means two calls. */
export function doorKey(door: string, key: string): string {
  return createHash('sha256').update(`${door}\0${key}`).digest('base64url')
}

export const fingerprintOf = (raw: Buffer) => createHash('sha256').update(raw).digest('base64url')

const invalid = (message: string, param: string) => new GatewayError('invalid_request', { message, param })
