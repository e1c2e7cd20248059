import type { Config } from '../../schemas/config/index.js'
import type { Agents } from '../agents/agents.js'
import type { RunEmit, RunFinal, RunRequest } from '../agents/types.js'
import type { CommandDoor } from '../commands/_door.js'
import { mayCommand } from '../commands/_text.js'
import { ownWords } from '../commands/_words.js'
import { type Lazy, lazy } from '../kernel/lazy.js'
import { randomId } from '../kernel/random-id.js'
import { textOf } from '../models/text-of.js'
import type { Sessions } from '../sessions/sessions.js'
import type { Message, Sent } from '../sessions/turns.js'

export interface TalkOptions {
  readonly config: () => Config
  readonly sessions: Pick<Sessions, 'turns'>
  readonly agents: Pick<Agents, 'run'>
  readonly open: () => Promise<CommandDoor>
}

/** What people say, whichever door it comes through: chat commands are answered, the rest is for agents. */
export class Talk {
  readonly #options: TalkOptions
  /** The chat commands; loaded at the first call. */
  readonly commands: Lazy<CommandDoor>

  constructor(options: TalkOptions) {
    this.#options = options
    this.commands = lazy(options.open)
  }

  /** As `turns.send`. With `commands: false` a message is what it says. */
  async send(message: Message & { readonly commands?: boolean | undefined }): Promise<Sent> {
    if (message.commands === false || !this.#mayCommand(ownWords(message)))
      return this.#options.sessions.turns.send(message)
    return (await this.commands()).send(message)
  }

  /** As `agents.run`, for a caller that waits for the answer to its own request. */
  async run(request: RunRequest, emit: RunEmit): Promise<RunFinal> {
    const { agents } = this.#options
    const said = request.input.at(-1)
    if (request.sessionKey === undefined || said?.role !== 'user' || !this.#mayCommand(textOf(said.content))) {
      return agents.run(request, emit)
    }
    const { sessionKey, agent: agentId, caller } = request
    const door = await this.commands()
    const runId = `run_${randomId()}`
    const message = {
      sessionKey,
      agentId,
      runId,
      origin: 'http' as const,
      content: said.content,
      ...(caller && { caller }),
    }
    const found = await door.find(message, textOf(said.content))
    if (!found) return agents.run(request, emit)
    let prompt: string | undefined
    const sent = await door.answer(message, found, async (text) => {
      prompt = text
      return undefined
    })
    const final = sent.status === 'started' ? await sent.done : undefined
    if (prompt !== undefined || final?.type !== 'end') {
      const input = [{ role: 'user' as const, content: [{ type: 'text' as const, text: prompt ?? '' }] }]
      return agents.run(prompt === undefined ? request : { ...request, input }, emit)
    }
    await emit({ type: 'start', runId, model: 'openclaw/command', promptBytes: 0 })
    await emit({ type: 'text', delta: final.result.text })
    return final
  }

  #mayCommand(text: string): boolean {
    return this.#options.config().commands?.text !== false && mayCommand(text)
  }
}
