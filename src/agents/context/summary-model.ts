import type { Clock } from '../../kernel/clock.js'
import type { StopSignal } from '../../kernel/stop.js'
import { TurnModels } from '../../models/failover.js'
import type { ModelRoute } from '../../models/route.js'
import type { ModelMessage } from '../../models/types.js'
import { Accumulator } from '../accumulate.js'
import { Asker } from '../ask.js'
import type { RunRequest } from '../types.js'

export interface SideCalls {
  readonly asker: Asker
  /** What they said and spent. */
  readonly collected: Accumulator
  readonly models: TurnModels
}

/** Model calls beside a turn, which nobody watches: with the same stand-ins, and without a word to the user. */
export function sideCalls(
  route: ModelRoute,
  clock: Clock,
  signal: StopSignal,
  { agent, origin }: Pick<RunRequest, 'agent' | 'origin'>,
  hasTools: boolean,
): SideCalls {
  const collected = new Accumulator()
  const models = new TurnModels(route, undefined)
  const request = { agent, origin, signal, input: [], clientTools: [], sampling: {}, stream: false }
  const shared = { clock, models, request, sampling: {}, signal, collected, check: undefined }
  return { asker: new Asker({ ...shared, hasTools, emit: () => {} }), collected, models }
}

/** One question to a model, in words. */
export async function askOnce({ asker, collected }: SideCalls, system: string, text: string): Promise<string> {
  const say = (role: 'system' | 'user', said: string): ModelMessage => ({
    role,
    content: [{ type: 'text', text: said }],
  })
  await asker.ask([say('system', system), say('user', text)], [], undefined)
  return collected.stepText
}
