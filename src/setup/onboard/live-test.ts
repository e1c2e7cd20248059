import type { Config } from '../../config/types.js'
import type { Clock } from '../../kernel/clock.js'
import { GatewayError } from '../../kernel/errors.js'
import { silentLogger } from '../../kernel/logger.js'
import { resolveModel } from '../../models/catalog.js'
import type { Environment } from '../../models/credentials.js'
import { openProviders } from '../../providers/registry.js'

/** A model that a local server loads first may take this long, in milliseconds. */
const limitMs = 90_000
/** Room for a model that thinks before it says a word. */
const maxTokens = 512
const shownChars = 60

export type LiveTest =
  | { readonly ok: true; readonly text: string; readonly ms: number }
  /** `reason` is for people and holds no secret. */
  | { readonly ok: false; readonly reason: string; readonly class: string }

export interface LiveTestOptions {
  readonly clock: Clock
  /** What is said to it. */
  readonly question: string
  readonly signal?: AbortSignal | undefined
}

/** One real turn through the code that will answer later: is the address right, the key good, the model there? */
export async function testModel(
  config: Config,
  ref: string,
  env: Environment,
  { clock, question, signal }: LiveTestOptions,
): Promise<LiveTest> {
  const providers = openProviders({ log: silentLogger, clock })
  const ended = AbortSignal.any([AbortSignal.timeout(limitMs), ...(signal ? [signal] : [])])
  const start = clock.monotonic()
  let text = ''
  try {
    const model = resolveModel(config, ref, env)
    const provider = await providers.get(model.api)
    const messages = [{ role: 'user' as const, content: [{ type: 'text' as const, text: question }] }]
    const request = { model, messages, tools: [], sampling: { maxTokens }, stream: true }
    const end = await provider.call(request, ended, (event) => {
      if (event.type === 'text' && text.length < shownChars) text += event.delta
    })
    if (end.type === 'error') return { ok: false, reason: end.failure.message, class: end.failure.class }
    return { ok: true, text: oneLine(text), ms: Math.round(clock.monotonic() - start) }
  } catch (error) {
    if (error instanceof GatewayError) return { ok: false, reason: error.message, class: error.code }
    throw error
  } finally {
    await providers.close()
  }
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > shownChars ? `${line.slice(0, shownChars - 1)}…` : line
}
