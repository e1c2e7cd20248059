import { failureOf, SecretFault } from '../failure.js'
import type { Outcome } from '../types.js'
import type { Answers } from './ask.js'

/** Codes that are told on; what else a program says about an error is kept back. */
const echoed: ReadonlySet<unknown> = new Set(['NOT_FOUND', 'AMBIGUOUS_DUPLICATE_KEY'])

type Tree = Readonly<Record<string, unknown>>

/**
 * Reads the answer of a program (spec/config.md section 5.4): protocol version 1, or with `jsonOnly: false` and a single
 * id simply the value, as `op read` and `vault kv get -field` print it.
 */
export function parseAnswers(alias: string, text: string, ids: readonly string[], jsonOnly: boolean): Answers {
  if (text.trim() === '') throw contract(alias, 'printed nothing', 'SECRET_REF_PROVIDER_ERROR')
  const parsed = parse(text)
  if (isTree(parsed) && 'protocolVersion' in parsed) return protocolAnswers(alias, parsed, ids)
  const [id, ...more] = ids
  if (jsonOnly || id === undefined || more.length > 0) {
    const hint = jsonOnly
      ? 'did not answer as protocol version 1 says; set jsonOnly to false when it prints one value'
      : 'printed one value for several references; give each of them a provider of its own'
    throw contract(alias, hint)
  }
  if (parsed === undefined) return new Map([[id, { ok: true, value: text.trim() }]])
  if (typeof parsed === 'string') return new Map([[id, { ok: true, value: parsed }]])
  // A number or a key that happens to look like JSON is still the value; objects are an answer in another protocol.
  if (typeof parsed !== 'object') return new Map([[id, { ok: true, value: text.trim() }]])
  throw contract(alias, 'printed JSON that is not an answer of protocol version 1')
}

function protocolAnswers(alias: string, answer: Tree, ids: readonly string[]): Answers {
  if (answer.protocolVersion !== 1) throw contract(alias, 'speaks another version of the protocol than 1')
  if (!isTree(answer.values)) throw contract(alias, 'gave no values')
  const { values } = answer
  const errors = isTree(answer.errors) ? answer.errors : {}
  return new Map(ids.map((id): [string, Outcome] => [id, outcomeOf(alias, id, values, errors)]))
}

function outcomeOf(alias: string, id: string, values: Tree, errors: Tree): Outcome {
  if (Object.hasOwn(errors, id)) {
    const error = errors[id]
    const code = isTree(error) && echoed.has(error.code) ? ` (${error.code})` : ''
    const kind = code === '' ? 'SECRET_REF_PROVIDER_ERROR' : 'SECRET_REF_NOT_FOUND'
    return { ok: false, failure: failureOf(kind, `The provider "${alias}" could not give this secret${code}.`) }
  }
  if (Object.hasOwn(values, id)) return { ok: true, value: values[id] }
  const message = `The provider "${alias}" does not know this secret. Add it there, or correct the reference.`
  return { ok: false, failure: failureOf('SECRET_REF_NOT_FOUND', message) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

const contract = (
  alias: string,
  what: string,
  code: 'SECRET_REF_PROVIDER_CONTRACT' | 'SECRET_REF_PROVIDER_ERROR' = 'SECRET_REF_PROVIDER_CONTRACT',
) => new SecretFault(code, `The provider "${alias}" ${what}.`)
