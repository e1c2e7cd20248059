import { readIdentity } from '../agents/read-identity.js'
import { workspaceOf } from '../agents/workspace/folder.js'
import { takeMediaLines } from '../channels/deliver/media-lines.js'
import { fillPrefix, hasVariables, namesIdentity, prefixTemplate } from '../channels/deliver/prefix.js'
import { type Piece, voiceTag } from '../channels/deliver/shape.js'
import { shapeFor } from '../channels/deliver/shape-for.js'
import type { Account } from '../channels/port.js'
import type { Wanted } from '../channels/runner.js'
import type { Config } from '../config/types.js'
import type { Instance } from '../instance/types.js'
import { toGatewayError } from '../kernel/errors.js'
import type { Sessions } from '../sessions/sessions.js'
import type { Store } from '../storage/types.js'
import type { SenderFacts } from '../tools/_policy/types.js'
import type { AnswerFiles } from './answer-files.js'
import { type Outgoing, outboundFile } from './chat-files.js'

export interface AnswersInput extends Outgoing {
  readonly instance: Instance
  readonly config: () => Config
  readonly store: Pick<Store, 'sessions' | 'runs'>
  readonly sessions: Sessions
  readonly files: () => Promise<AnswerFiles>
}

/** Whose answer it is, and to what. */
export interface AnswerAbout {
  /** The run that gave it; undefined for words of the gateway itself. */
  readonly runId?: string | undefined
  /** The message that is answered. */
  readonly current?: string | undefined
  /** Who is answered: rules for tools may name him. */
  readonly sender?: SenderFacts | undefined
  /** He is an owner. */
  readonly owner?: boolean | undefined
  /** Somebody writes to himself. */
  readonly self?: boolean | undefined
  /** Its beginning stands in the chat. */
  readonly continues?: boolean | undefined
  /** Nothing is waited for any longer. */
  readonly signal: AbortSignal
}

/** Whose turn. */
interface TurnName {
  readonly agent: string
  readonly sessionKey: string
  /** `<provider>/<model>`; empty when no model was asked. */
  readonly model?: string
}

/** Answers of agents as messages: shaped, with what stands in front of them, and with the files that they name. */
export class Answers {
  readonly #input: AnswersInput

  constructor(input: AnswersInput) {
    this.#input = input
  }

  /** A file that cannot be sent is said in words. Rejects when the signal aborts while one is read. */
  async pieces(wanted: Wanted, answer: string, about: AnswerAbout): Promise<Piece[]> {
    const { runId, current, sender, owner = false, self = false, continues = false, signal } = about
    const run = runId === undefined ? undefined : await this.#input.store.runs.get(runId)
    const prefix = continues ? undefined : await this.prefix(wanted.account, run, self)
    const rules = { prefix, current, continues }
    const { text, files: named } = takeMediaLines(answer)
    if (!run || named.length === 0) return shapeFor(wanted, answer, rules)
    const media = []
    const lost: string[] = []
    for (const file of named) {
      try {
        const { name, bytes } = await (await this.#input.files()).read(
          { ...run, account: wanted.account.id, sender, owner },
          file,
          signal,
        )
        const asVoice = answer.includes(voiceTag)
        media.push(await outboundFile(this.#input, wanted.account, { name, bytes, asVoice }))
      } catch (thrown) {
        signal.throwIfAborted()
        lost.push(`[${file.slice(0, 200)} could not be sent: ${toGatewayError(thrown).message}]`)
      }
    }
    const pieces = shapeFor(wanted, [text, ...lost].join('\n\n'), rules)
    if (media.length === 0) return pieces
    // Each file for itself: what a platform refuses repeats nothing of what it took.
    const [first] = media
    const { captions = 0 } = wanted.channel.capabilities
    const fits = first?.kind !== 'audio' && (pieces.at(-1)?.text.length ?? 0) <= captions
    const caption = (fits ? pieces.pop() : undefined) ?? { text: '' }
    const files = media.map((one, index) => ({
      ...(index === 0 ? caption : { text: '' }),
      media: [one],
      textAnyway: true as const,
    }))
    return [...pieces, ...files]
  }

  /** What stands in front of an answer, its variables filled in. */
  async prefix(account: Account, turn: TurnName | undefined, self = false): Promise<string | undefined> {
    const config = this.#input.config()
    const template = prefixTemplate(account, config, self)
    if (template === undefined || !hasVariables(template)) return template
    const facts = turn && (await this.#facts(turn, namesIdentity(template)))
    const none = { identityName: undefined, provider: undefined, model: undefined, thinkingLevel: undefined }
    return fillPrefix(template, facts ?? none, self)
  }

  async #facts({ agent, sessionKey, model = '' }: TurnName, withName: boolean) {
    const { instance, config, store, sessions } = this.#input
    const entry = (await store.sessions.get(sessionKey))?.entry
    const slash = model.indexOf('/')
    const named =
      slash > 0
        ? { provider: model.slice(0, slash), model: model.slice(slash + 1) }
        : sessions.context.modelFacts(agent, entry?.model)
    const { entries, defaults } = config().agents ?? {}
    const identity = withName && (await readIdentity(config(), agent, workspaceOf(instance.paths, config(), agent)))
    return {
      ...named,
      identityName: identity && identity.nameSource !== 'default' ? identity.name : undefined,
      thinkingLevel: entry?.thinkingLevel ?? entries?.[agent]?.thinkingDefault ?? defaults?.thinkingDefault,
    }
  }
}
