import type { ModelFailure, ModelRequest } from '../../models/types.js'
import type { Target } from '../_call/target.js'
import { asText } from '../_json.js'
import { requestBody } from './body.js'

/** What an upstream turned out not to take; learned from its refusals. */
export interface Quirks {
  /** Fields that are left out. */
  readonly without: readonly string[]
}

const notKnown =
  /unsupported|unknown|unrecogni[sz]ed|unexpected|extra|not (?:be )?(?:supported|permitted|allowed|recogni[sz]ed)|must be verified/i
/** Without these a request would be another one. */
const essential = new Set(['model', 'input', 'instructions', 'stream', 'tools'])
const named = /['"`]([a-z_]+(?:\.[a-z_]+)?)['"`]/

/** See `Wire.learn`. Reasoning models refuse `temperature`, imitations refuse what they have not built. */
export function learn(
  { status, message, param }: ModelFailure,
  used: Quirks,
  request: ModelRequest,
  { openAi }: Target,
): Quirks | undefined {
  if ((status !== 400 && status !== 422) || !notKnown.test(message)) return undefined
  const path = asText(param) ?? named.exec(message)?.[1]
  if (path === undefined) return undefined
  const [field = '', inner] = path.split('.')
  const name = field === 'reasoning' && inner === 'summary' ? path : field
  if (essential.has(name) || used.without.includes(name)) return undefined
  return field in requestBody(request, openAi, used) ? { without: [...used.without, name] } : undefined
}
