import type { Test } from 'tap'
import type { Script } from '../helper/upstream.js'
import { type Gateway, gatewayWith } from '../models/failover-fixture.js'

export interface ProgramsInput {
  /** `agents.defaults.cliBackends`. */
  readonly backends: Readonly<Record<string, object>>
  readonly model: string | { readonly primary: string; readonly fallbacks: readonly string[] }
  /** Models over HTTP beside them, `<name>/one`. */
  readonly scripts?: Readonly<Record<string, Script>>
  readonly env?: Readonly<Record<string, string>>
  readonly models?: object
}

/** A gateway whose agent is answered by programs. */
export function gatewayWithPrograms(
  t: Test,
  { backends, model, scripts = {}, env = {}, models }: ProgramsInput,
): Promise<Gateway> {
  const settings = () => ({ agents: { defaults: { model, cliBackends: backends, ...(models && { models }) } } })
  return gatewayWith(t, scripts, settings, undefined, env)
}

export const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABh6FO1AAAAABJRU5ErkJggg=='

export const imageContent = (text: string) => [
  { type: 'text', text },
  { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } },
]
