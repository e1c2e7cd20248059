import { blockRules } from '../channels/deliver/blocks.js'
import type { Outbox } from '../channels/deliver/outbox.js'
import type { Shown } from '../channels/deliver/preview.js'
import { limitOf, shapeFor } from '../channels/deliver/shape-for.js'
import type { Signs, Working } from '../channels/intake-types.js'
import type { Account, Channel, Connection, Inbound } from '../channels/port.js'
import { ackReaction } from '../channels/reaction.js'
import type { Wanted } from '../channels/runner.js'
import { growthOf } from '../channels/streaming.js'
import type { Trace } from '../channels/trace.js'
import type { Config } from '../config/types.js'
import type { Clock } from '../kernel/clock.js'
import type { Bus } from '../kernel/events.js'
import type { Logger } from '../kernel/logger.js'
import type { Answers } from './answers.js'
import { BlockStream } from './block-stream.js'
import type { GatewayEvents } from './events.js'
import { HeardSigns } from './heard.js'
import { Previews } from './previews.js'
import { Typing, typingRules } from './typing.js'

/** A sign that the platform does not take is given up. */
const seenMs = 20_000

export interface TurnSignsInput {
  readonly config: () => Config
  readonly clock: Clock
  readonly log: Logger
  readonly outbox: Outbox
  readonly answers: Pick<Answers, 'prefix'>
  readonly channel: (name: string) => Channel | undefined
  /** Of this moment: an account may be away, and come back. */
  readonly connection: (account: Account) => Connection | undefined
  /** For pauses between blocks: at least 0, below 1. */
  readonly random?: () => number
}

/** What a chat sees of the turn that answers it: that it was heard, the typing sign, the answer as it grows. */
export class TurnSigns {
  readonly #input: TurnSignsInput
  readonly #previews = new Previews()
  readonly #heard: HeardSigns
  /** By run. */
  readonly #typing = new Map<string, Typing>()
  readonly #blocks = new Map<string, BlockStream>()

  constructor(input: TurnSignsInput) {
    this.#input = input
    this.#heard = new HeardSigns(input.outbox, input.log)
  }

  /** Listens; the returned function stops. */
  follow(bus: Bus<GatewayEvents>): () => void {
    const undo = [
      this.#previews.follow(bus),
      bus.on('run.event', ({ runId, event }) => {
        this.#typing.get(runId)?.add(event)
        this.#blocks.get(runId)?.add(event)
      }),
    ]
    return () => {
      for (const stop of undo) stop()
    }
  }

  begin(account: Account, message: Inbound, turn: Working): Signs {
    const channel = this.#input.channel(account.channel)
    const answered = this.#react(account, channel, message, turn)
    const idle = this.#type(account, channel, message, turn)
    const stop = channel && this.#grow({ account, channel }, message, turn)
    return {
      async end(whole) {
        const trace = await stop?.(whole)
        idle()
        return trace ?? {}
      },
      answered,
    }
  }

  close(): Promise<void> {
    return this.#heard.close()
  }

  #react(account: Account, channel: Channel | undefined, message: Inbound, turn: Working): Signs['answered'] {
    const config = this.#input.config()
    const { place, id: messageId } = message
    const identityEmoji = config.agents?.entries?.[turn.agent]?.identity?.emoji
    const reaction = ackReaction(account, config, { kind: place.kind, mentioned: turn.mentioned, identityEmoji })
    if (!reaction || !channel?.capabilities.reactions) return () => {}
    return this.#heard.begin({
      connection: () => this.#input.connection(account),
      ...{ ...reaction, place, messageId, remove: config.messages?.removeAckAfterReply === true },
    })
  }

  #type(account: Account, channel: Channel | undefined, { place }: Inbound, { runId, mentioned }: Working): () => void {
    const { clock, config, connection: of } = this.#input
    const connection = of(account)
    connection?.seen?.(place, AbortSignal.timeout(seenMs)).catch(() => {})
    if (!connection?.typing || !channel?.capabilities.typing) return () => {}
    const rules = typingRules(config(), channel.capabilities, { kind: place.kind, mentioned })
    const typing = new Typing({ connection, place, clock, ...rules })
    this.#typing.set(runId, typing)
    return () => {
      this.#typing.delete(runId)
      typing.stop()
    }
  }

  /** In blocks, or in one message that grows; undefined where answers are sent when they are complete. */
  #grow(wanted: Wanted, message: Inbound, turn: Working): ((whole: boolean) => Promise<Trace>) | undefined {
    const { config, clock, log, random = Math.random } = this.#input
    const rules = blockRules(wanted, config())
    if (!rules) {
      const stop = this.#preview(wanted, message, turn)
      return stop && (async () => ({ shown: await stop() }))
    }
    const blocks = new BlockStream({ ...turn, rules, clock, log, random })
    this.#blocks.set(turn.runId, blocks)
    return async (whole) => {
      this.#blocks.delete(turn.runId)
      return { shown: turn.shown, told: await blocks.end(whole) }
    }
  }

  #preview(wanted: Wanted, message: Inbound, turn: Working): (() => Promise<Shown | undefined>) | undefined {
    const { clock, log, answers } = this.#input
    const { account, channel } = wanted
    const { id: current, place, self } = message
    const growth = growthOf(account, channel.capabilities)
    if (growth === 'off') return undefined
    let prefix: { readonly text: string | undefined } | undefined
    const { agent, sessionKey } = turn
    answers.prefix(account, { agent, sessionKey }, self).then(
      (text) => {
        prefix = { text }
      },
      (err: unknown) => log.info({ err }, 'the preview of an answer could not be shown'),
    )
    return this.#previews.begin({
      ...{ ...turn, growth, place, clock, log },
      connection: () => this.#input.connection(account),
      everyMs: channel.capabilities.editMs ?? 0,
      limit: limitOf(wanted),
      shape: (text) => (prefix ? shapeFor(wanted, text, { prefix: prefix.text, current }) : []),
    })
  }
}
