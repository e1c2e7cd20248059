import type { Config } from '../../../schemas/config/index.js'
import type { RunFinal } from '../../agents/types.js'
import { GatewayError } from '../../kernel/errors.js'
import type { GatewayVision, LookRequest } from '../../tools/_gateway/vision.js'
import type { DoorFacts, DoorWorld } from './types.js'

/** Asks the models of `agents.defaults.imageModel`, one after the other, in a turn that stands alone and has no tools. */
export class VisionTools implements GatewayVision {
  readonly #world: DoorWorld
  readonly #facts: DoorFacts

  constructor(world: DoorWorld, facts: DoorFacts) {
    this.#world = world
    this.#facts = facts
  }

  async look({ images, prompt, signal }: LookRequest) {
    const { sessions, config } = this.#world
    const { agent, caller } = this.#facts
    let last: RunFinal | undefined
    for (const model of imageModels(config())) {
      last = await sessions.context.options.agents.run(
        {
          agent,
          input: [{ role: 'user', content: [...images, { type: 'text', text: prompt }] }],
          clientTools: [],
          sampling: {},
          modelOverride: model,
          tools: false,
          stream: false,
          origin: 'node',
          caller,
          signal,
        },
        () => {},
      )
      if (last.type === 'end') return { text: last.result.text, model }
      if (last.type === 'aborted') break
    }
    if (last?.type === 'error') throw last.error
    throw new GatewayError('tool_error', {
      message: last ? 'The turn was called off.' : 'No model that sees is set: agents.defaults.imageModel.',
    })
  }
}

/** In the order in which they are asked. */
function imageModels({ agents }: Config): readonly string[] {
  const chosen = agents?.defaults?.imageModel
  if (chosen === undefined) return []
  if (typeof chosen === 'string') return [chosen]
  return [chosen.primary, ...(chosen.fallbacks ?? [])].filter((name) => name !== undefined)
}
