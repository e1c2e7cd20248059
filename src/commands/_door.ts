import type { ContentPart, ModelMessage } from '../../schemas/message.js'
import type { RunFinal } from '../agents/types.js'
import { GatewayError, toGatewayError } from '../kernel/errors.js'
import { checkAgent } from '../sessions/canonical.js'
import { chatMessage } from '../sessions/messages.js'
import { ownChannel } from '../sessions/queue-settings.js'
import { knownRun, type Message, type Sent } from '../sessions/turns.js'
import type { TranscriptBody } from '../storage/types.js'
import { mayUse } from './_access.js'
import { findCommand } from './_commands.js'
import { readDirectives } from './_directives.js'
import { isStopWord, readCommand } from './_text.js'
import type { ChatCommand, CommandCall, CommandServices, Reply } from './_types.js'
import { inWords, ownWords, runBehind, withWords } from './_words.js'

/** A command that was found in a message, and the call that it means. */
export interface Found {
  readonly command: ChatCommand
  readonly call: CommandCall
}

type RunEnded = RunFinal & { readonly type: 'end' }
/** Takes what stands behind a command; undefined where its caller does that. */
type GoOn = (prompt: string) => Promise<Sent | undefined>

/** Takes messages from doors: answers commands, and hands everything else to the session's turns. */
export class CommandDoor {
  readonly #commands: ReadonlyMap<string, ChatCommand>
  readonly #services: CommandServices

  constructor(commands: ReadonlyMap<string, ChatCommand>, services: CommandServices) {
    this.#commands = commands
    this.#services = services
  }

  get commands(): ReadonlyMap<string, ChatCommand> {
    return this.#commands
  }

  /** As `turns.send`; a command is answered without a model, and needs no turn. */
  async send(message: Message): Promise<Sent> {
    const { sessions } = this.#services
    const found = await this.find(message, ownWords(message))
    if (found) return this.answer(message, found)
    const read = await this.#withDirectives(message)
    const sent = await sessions.turns.send(read?.message ?? message)
    return sent.status === 'started' && read?.aside ? { ...sent, aside: read.aside } : sent
  }

  /** The command that a text is; undefined when it is none, or none for this caller. */
  async find(message: Omit<Message, 'content'>, text: string): Promise<Found | undefined> {
    const { sessions, config } = this.#services
    const session = sessions.context.name(message.sessionKey, message.agentId)
    const read =
      isStopWord(text) && sessions.context.options.agents.live.of(session.key).length > 0
        ? { name: 'stop', args: '' }
        : readCommand(text)
    const found = read && findCommand(this.#commands, read.name)
    const { caller = { owner: false }, channel = ownChannel } = message
    if (!read || !found || !mayUse(found.command, { caller, channel }, config())) return undefined
    checkAgent(sessions.context.rules(), session.agent)
    const row = await sessions.context.store.sessions.get(session.key)
    const { commands } = this
    return {
      command: found.command,
      call: { args: read.args, session, row, caller, channel, commands, services: this.#services },
    }
  }

  /** Runs a command once per id. Its answer is on disk, and told, when `done` resolves: with what stands behind it. */
  async answer(message: Message, found: Found, goOn = this.#goOn(message)): Promise<Sent> {
    const { runId, origin, content } = message
    const { session } = found.call
    const { store, options } = this.#services.sessions.context
    if (options.stopping.aborted) throw new GatewayError('draining')
    const input: ModelMessage = { role: 'user', content }
    const at = this.#services.clock.now()
    const before = await store.runs.accept({
      id: runId,
      sessionKey: session.key,
      agent: session.agent,
      origin,
      at,
      input,
    })
    if (before) return knownRun(session, before)
    return { ...session, runId, status: 'started', done: this.#run(message, found, input, goOn) }
  }

  async #run(message: Message, { command, call }: Found, input: ModelMessage, goOn: GoOn): Promise<RunFinal> {
    const { runId } = message
    const { key: sessionKey, agent } = call.session
    const { store, options } = this.#services.sessions.context
    const reply = await saidBy(command, call)
    const text = typeof reply === 'string' ? reply : reply.text
    const said: ModelMessage = { role: 'assistant', content: [{ type: 'text', text }] }
    const bodies: TranscriptBody[] = [
      { kind: 'message', message: input, command: true },
      { kind: 'message', message: said, command: true, by: { model: 'openclaw/command', finish: 'stop' } },
    ]
    const at = this.#services.clock.now()
    const append = { sessionKey, agent, runId, at, bodies }
    const prompt = typeof reply === 'string' ? undefined : reply.prompt
    await this.#recorded(runId, () =>
      prompt === undefined ? store.runs.end({ id: runId, status: 'ok', at, append }) : store.runs.append(append),
    )
    const [entry] = (await store.transcripts.tail(sessionKey, 2)).filter(
      ({ runId: of, body }) => of === runId && body.kind === 'message' && body.message.role === 'assistant',
    )
    const row = await store.sessions.get(sessionKey)
    const shown = entry && chatMessage(row?.id ?? '', entry, { maxChars: Number.POSITIVE_INFINITY })
    if (shown) options.bus.emit('message.injected', { runId, sessionKey, agent, message: shown })
    options.bus.emit('session.changed', { sessionKey, agent, reason: 'send', runId })
    const final: RunEnded = { type: 'end', result: resultOf(text), messages: [said] }
    // What stands behind a command is on disk before the command is done with: a crash loses none of it.
    const behind = prompt === undefined ? undefined : await this.#begun(runId, () => goOn(prompt))
    if (prompt !== undefined) await this.#recorded(runId, () => store.runs.end({ id: runId, status: 'ok', at }))
    options.bus.emit('turn.ended', { runId, sessionKey, agent, final })
    return behind ? this.#together(final, behind) : final
  }

  async #recorded(runId: string, write: () => Promise<unknown>): Promise<void> {
    await write().catch((err: unknown) => {
      this.#services.sessions.context.options.log.error({ err, runId }, 'the answer of a command was not recorded')
    })
  }

  async #begun(runId: string, goOn: () => Promise<Sent | undefined>): Promise<Sent | undefined> {
    return goOn().catch((err: unknown) => {
      this.#services.sessions.context.options.log.error({ err, runId }, 'what stood behind a command was not taken')
      return undefined
    })
  }

  /** The answer of a command, and of what stood behind it. */
  async #together(own: RunEnded, behind: Sent): Promise<RunFinal> {
    if (behind.status !== 'started') return own
    const { store, options } = this.#services.sessions.context
    const final = await behind.done
    if (final.type === 'error' || (final.type === 'aborted' && options.stopping.aborted)) return final
    // Another turn has taken it, and has answered it.
    if (final.type !== 'end' || (await store.runs.get(behind.runId))?.joined !== undefined) return own
    return { ...final, result: { ...final.result, text: `${own.result.text}\n\n${final.result.text}`.trim() } }
  }

  /** What stands behind a command such as `/new` is the session's next message, with an id of its own. */
  #goOn(message: Message): GoOn {
    const { sessions } = this.#services
    const { leaf: _leaf, sessionId: _id, ...rest } = message
    return async (prompt) => {
      const content = withWords(message, prompt) ?? inWords(message.content, prompt)
      return sessions.turns.send({ ...rest, runId: runBehind(message.runId), content })
    }
  }

  /**
   * Directives inside of a message are for its own turn; the model does not see them. `aside`: what commands inside of it
   * answered. Undefined when there are none.
   */
  async #withDirectives(message: Message): Promise<{ message: Message; aside: string } | undefined> {
    const { sessions, config } = this.#services
    const session = sessions.context.name(message.sessionKey, message.agentId)
    const { caller = { owner: false }, channel = ownChannel } = message
    const offered = (command: ChatCommand) => mayUse(command, { caller, channel }, config())
    const read = readDirectives(ownWords(message), this.#commands, offered, { services: this.#services, session })
    if (!read) return undefined
    const asides: string[] = []
    for (const name of read.asides) asides.push(await this.#aside(message, name))
    const { settings, ...given } = read.directive
    const own = {
      ...message,
      ...given,
      ...(settings && { settings: { ...message.settings, ...settings } }),
      content: withWords(message, read.text) ?? message.content,
    }
    return { message: own, aside: asides.filter((text) => text !== '').join('\n\n') }
  }

  /** A command that only shows something, inside of a message: answered beside it. */
  async #aside(message: Message, name: string): Promise<string> {
    const found = await this.find(message, `/${name}`)
    if (!found) return ''
    const content: ContentPart[] = [{ type: 'text', text: `/${name}` }]
    const { said: _said, ...rest } = message
    const sent = await this.answer({ ...rest, runId: `${message.runId}:${name}`, content }, found)
    const final = sent.status === 'started' ? await sent.done : undefined
    return final?.type === 'end' ? final.result.text : ''
  }
}

/** What went wrong is an answer too: whoever typed the command is to read it. */
async function saidBy(command: ChatCommand, call: CommandCall): Promise<Reply> {
  try {
    return await command.run(call)
  } catch (thrown) {
    const { code, message } = toGatewayError(thrown)
    if (code === 'internal_error') call.services.sessions.context.options.log.error({ err: thrown }, 'a command failed')
    return message
  }
}

const noUsage = { input: 0, output: 0, cacheRead: 0, reasoning: 0, estimated: false }

/** The answer of a command, for doors that show the results of turns. */
export function resultOf(text: string): RunEnded['result'] {
  return { text, refusal: null, reasoning: '', toolCalls: [], finish: 'stop', usage: noUsage, modelMs: 0 }
}
