import { join } from 'node:path'
import type { ChatFacts } from '../agents/caller.js'
import { isOwner } from '../channels/_access/senders.js'
import { accountsOf, channelNames, loadChannel } from '../channels/accounts.js'
import { quietMs } from '../channels/burst.js'
import { contentOf, sweepMedia } from '../channels/content.js'
import { letterParts } from '../channels/deliver/letter-parts.js'
import { Outbox, outboxRow } from '../channels/deliver/outbox.js'
import { ErrorPolicy } from '../channels/error-policy.js'
import { openGate, senderOf } from '../channels/gate.js'
import { GroupHistory } from '../channels/history.js'
import { Intake } from '../channels/intake.js'
import { ChannelManager } from '../channels/manager.js'
import { Mentions } from '../channels/mentions.js'
import type { ChatPairing } from '../channels/pairing.js'
import type { Account, Capabilities, Channel, Connection, Host, Outbound, Place } from '../channels/port.js'
import type { Wanted } from '../channels/runner.js'
import { defaultAccountOf } from '../channels/status.js'
import { parseTarget } from '../channels/targets.js'
import type { Config } from '../config/types.js'
import type { ConfigView } from '../config/view.js'
import type { Instance } from '../instance/types.js'
import type { Clock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import type { EventBus } from '../kernel/events.js'
import type { Logger } from '../kernel/logger.js'
import { repeat } from '../kernel/repeat.js'
import type { StopSignal } from '../kernel/stop.js'
import { fillSecrets } from '../secrets/fill.js'
import type { Secrets } from '../secrets/secrets.js'
import type { Sessions } from '../sessions/sessions.js'
import type { ChatPairingRow, NewOutboxRow, Store } from '../storage/types.js'
import type { AnswerFiles } from './answer-files.js'
import { Answers } from './answers.js'
import { type ChatRoute, ChatRoutes } from './chat-routes.js'
import type { GatewayEvents } from './events.js'
import { groupMoved } from './moved-groups.js'
import type { Talk } from './talk.js'
import { TurnSigns } from './turn-signs.js'

export interface ChannelsInput {
  readonly instance: Instance
  readonly config: ConfigView
  readonly secrets: Pick<Secrets, 'lookup'>
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  readonly bus: EventBus<GatewayEvents>
  readonly sessions: Sessions
  readonly talk: Talk
  readonly pairing: ChatPairing
  readonly stopping: StopSignal
  /** Files that answers name. */
  readonly answerFiles: () => Promise<AnswerFiles>
  /** Where the code of a channel comes from. */
  readonly loadChannel?: (name: string) => Promise<Channel>
}

/** The run that says it, and the chat that it is for. */
interface Telling {
  readonly runId?: string
  readonly chat?: ChatFacts
}

const dayMs = 86_400_000
/** Turns that begin by themselves and whose answers are for the people of the chat. */
const newsRun = /^(?:announce|restart)_/
/** Whoever sends a message does not wait longer to hear of it. */
const deliverMs = 20_000
/** What was done with is remembered so long: a platform may hand the same message in again. */
const rememberMs = 7 * dayMs
/** What could not be sent or answered is shown so long. */
const rememberDeadMs = 30 * dayMs

/** The chat channels of a gateway. Loaded when the config has the first account. */
export class Channels {
  readonly manager: ChannelManager
  readonly outbox: Outbox
  readonly routes: ChatRoutes
  readonly #input: ChannelsInput
  readonly #intake: Intake
  readonly #loaded = new Map<string, Channel>()
  readonly #signs: TurnSigns
  readonly #answers: Answers
  readonly #undo: (() => void)[] = []
  readonly #ended = new AbortController()
  #menu: ReturnType<Host['menu']> = []

  constructor(input: ChannelsInput) {
    const { instance, store, clock, log, sessions, talk, stopping, bus } = input
    this.#input = input
    const config = () => input.config.current
    this.outbox = new Outbox({ store: store.channels, clock, log, bus })
    this.#answers = new Answers({
      ...{ instance, config, store, sessions, files: input.answerFiles, outboundFolder: this.outboundFolder },
      capabilities: (channel) => this.capabilities(channel),
    })
    this.#signs = new TurnSigns({
      ...{ config, clock, log, outbox: this.outbox, answers: this.#answers },
      channel: (name) => this.#loaded.get(name),
      connection: (account) => this.manager.connection(account.channel, account.id),
    })
    this.routes = new ChatRoutes(store.channels)
    const errors = new ErrorPolicy(clock)
    const media = {
      folder: join(instance.paths.state, 'media', 'inbound'),
      now: () => clock.now(),
      connection: ({ channel, id }: Account) => this.manager.connection(channel, id),
    }
    this.#intake = new Intake({
      ...{ store, clock, log, stopping, bus, outbox: this.outbox },
      gate: openGate({
        profile: instance.profile,
        config,
        env: () => input.config.env,
        roster: () => sessions.context.rules().roster,
        channel: (name) => this.#loaded.get(name),
        pairing: input.pairing,
        history: new GroupHistory(),
        mentions: new Mentions(log),
        activation: async (key) => (await store.sessions.get(key))?.entry.groupActivation,
      }),
      quiet: (account, message) =>
        quietMs(account, config(), this.#loaded.get(account.channel)?.capabilities.burst, message),
      say: (message) => talk.send(message),
      answer: (runId) => sessions.answer(runId),
      content: async (account, message, { agent, sessionKey }, signal) => {
        const override = message.media && (await store.sessions.get(sessionKey))?.entry.model
        const { images } = sessions.context.modelFacts(agent, override)
        const { messagePrefix } = account.keys as { readonly messagePrefix?: string }
        const prefix = messagePrefix ?? config().messages?.messagePrefix
        return contentOf(media, account, message, { images, prefix }, signal)
      },
      shape: async (account, message, { text, runId, continues, failed }, signal) => {
        const { id: current, self, place } = message
        const channel = this.#loaded.get(account.channel)
        if (failed && !errors.tells(account, place, text)) {
          log.info({ channel: account.channel, account: account.id, runId }, 'a failure is not told (errorPolicy)')
          return []
        }
        const normalise = channel?.normaliseId ?? ((id: string) => id)
        const owner = isOwner({ account, config: config(), normalise }, message.sender)
        const about = { runId, current, self, continues, signal, sender: senderOf(account, message), owner }
        return channel ? this.#answers.pieces({ account, channel }, text, about) : []
      },
      working: (account, message, turn) => this.#signs.begin(account, message, turn),
      spokenTo: (sessionKey, { channel, id }, { place }) =>
        this.routes.set(sessionKey, { channel, account: id, place }),
    })
    this.manager = new ChannelManager({
      ...{ instance, config, store, clock, log, outbox: this.outbox, menu: () => this.#menu },
      receive: (account, message) => this.#intake.receive(account, message),
      recover: (account) => this.#intake.recover(account),
      moved: (...group) => groupMoved(input, ...group),
    })
    this.#undo.push(this.#signs.follow(bus))
    // What a turn says that nobody in the chat has begun: news of sub-agents, of a restart, of a job.
    this.#undo.push(
      bus.on('turn.ended', ({ runId, sessionKey, final, chat }) => {
        if (!newsRun.test(runId) || final.type !== 'end') return
        this.#news(runId, sessionKey, final.result.text, chat).catch((err: unknown) => {
          log.error({ err, runId, sessionKey }, 'an answer could not be written to its chat')
        })
      }),
    )
    const sweep = () => this.#sweep(media.folder)
    sweep()
    this.#undo.push(repeat(clock, dayMs, sweep))
  }

  /** Old files and rows go; a gateway may run for months. */
  #sweep(inbound: string): void {
    const { store, clock, log } = this.#input
    const now = () => clock.now()
    const files = [inbound, this.outboundFolder].map((folder) => sweepMedia({ folder, now }))
    Promise.all([...files, store.channels.prune(now() - rememberMs, now() - rememberDeadMs)]).catch((err: unknown) => {
      log.warn({ err }, 'old files and messages of chats stay')
    })
  }

  /** Where files lie until they are sent. */
  get outboundFolder(): string {
    return join(this.#input.instance.paths.state, 'media', 'outbound')
  }

  /** What a channel can do; undefined for one that was not loaded. */
  capabilities(channel: string): Capabilities | undefined {
    return this.#loaded.get(channel)?.capabilities
  }

  /** Takes up what an earlier start has left, and begins. */
  async open(): Promise<void> {
    const { talk } = this.#input
    const { commands } = await talk.commands()
    this.#menu = [...commands]
      .filter(([name, { access }]) => /^[a-z0-9_]{1,32}$/.test(name) && access !== 'owner')
      .map(([command, { summary }]) => ({ command, description: summary.slice(0, 256) }))
    await this.outbox.open()
    await this.reconcile()
  }

  /** Starts, stops and restarts accounts as the config of this moment says. */
  async reconcile(): Promise<void> {
    const { config, secrets, loadChannel: load = loadChannel } = this.#input
    const filled: Config = fillSecrets(config.current, secrets.lookup)
    const wanted: Wanted[] = []
    for (const name of channelNames()) {
      if (!filled.channels || !(name in filled.channels)) continue
      const channel = this.#loaded.get(name) ?? (await load(name).catch((err: unknown) => this.#unusable(name, err)))
      if (!channel) continue
      this.#loaded.set(name, channel)
      for (const account of accountsOf(filled, name, channel, config.env)) wanted.push({ account, channel })
    }
    await this.manager.reconcile(wanted)
  }

  /**
   * Sends a message, in parts where it is too long for one, and waits until the platform has the last of them, for at
   * most 20 s. Gives the id of the first. The same key is sent once. Throws `channel_unavailable`, and `message_not_sent`
   * with the reason.
   */
  async deliver(to: ChatRoute, key: string, message: Omit<Outbound, 'key'>, signal: AbortSignal): Promise<string> {
    const parts = letterParts(this.#running(to), message)
    const rows = parts.map((part, index) => outboxRow(to, `${key}:${index}`, to.place, part))
    await this.outbox.put(rows)
    const limit = AbortSignal.any([signal, AbortSignal.timeout(deliverMs)])
    const ended = await Promise.all(rows.map((row) => this.outbox.ended(row.key, limit)))
    const row = ended.find((one) => one?.status !== 'sent')
    if (!row && ended[0]) return ended[0].messageId ?? ''
    const why = row?.error ?? 'it waits for the connection and will be sent when there is one'
    throw new GatewayError('message_not_sent', {
      message: `Not sent over ${to.channel}: ${why}.`,
      details: { queued: row?.status === 'pending' || row?.status === 'sending' },
    })
  }

  /** The connection of an account, to change what was sent. Throws `channel_unavailable`. */
  connected({ channel, account }: Pick<ChatRoute, 'channel' | 'account'>): Connection {
    const connection = this.manager.connection(channel, account)
    if (connection) return connection
    throw new GatewayError('channel_unavailable', { message: `${channel}/${account} is not connected.` })
  }

  /** The account and place that are meant; `target` is as people write it. Throws `channel_unavailable`, `invalid_request`. */
  resolve(channel: string, accountId: string | undefined, target: string, threadId?: string): ChatRoute {
    const wanted = this.account(channel, accountId)
    const place = parseTarget(target, channel, wanted.channel.kindOf)
    if (!place)
      throw new GatewayError('invalid_request', {
        message: `"${target.slice(0, 100)}" names no place. Examples: 42, group:-100, channel:C1.`,
      })
    return {
      channel,
      account: wanted.account.id,
      place: threadId === undefined ? place : { ...place, thread: threadId },
    }
  }

  /** The account that is meant: the default one, or the first, when none is named. Throws `channel_unavailable`. */
  account(channel: string, accountId: string | undefined): Wanted {
    const accounts = this.manager.accounts.filter(({ account }) => account.channel === channel)
    const { current, env } = this.#input.config
    const byDefault = defaultAccountOf(current, channel, env)
    const wanted =
      accounts.find(({ account }) => account.id === (accountId ?? byDefault)) ??
      (accountId === undefined ? accounts[0] : undefined)
    if (wanted) return wanted
    const running = [...new Set(this.manager.accounts.map(({ account }) => account.channel))].join(', ')
    throw new GatewayError('channel_unavailable', {
      message: `There is no account of "${channel.slice(0, 50)}" that runs. Channels that run: ${running || 'none'}.`,
    })
  }

  /** Tells somebody that he was let in. */
  async tellAdmitted({ channel, account, sender, code }: ChatPairingRow): Promise<'sent' | 'unsupported'> {
    if (!this.manager.wanted(channel, account)) return 'unsupported'
    const place: Place = { kind: 'direct', id: sender }
    const to = { channel, account }
    await this.outbox.put([outboxRow(to, `admitted:${code}`, place, { text: 'You may write to this bot now.' })])
    return 'sent'
  }

  async close(): Promise<void> {
    for (const undo of this.#undo) undo()
    this.#ended.abort()
    await this.manager.close()
    await this.#intake.close()
    await this.#signs.close()
    await this.outbox.close()
  }

  /** Writes to `chat` of a session, or to where it was spoken to last, if it is in any. The same key is written once. */
  async tell(sessionKey: string, key: string, text: string, { runId, chat }: Telling = {}): Promise<void> {
    const last = await this.routes.get(sessionKey)
    const route = last && (chat ?? last)
    const wanted = route && this.manager.wanted(route.channel, route.account)
    if (!route || !wanted) return
    await this.outbox.put(await this.letters(route, key, text, runId))
  }

  /** A text as messages to a place, none of them written yet; of a run that says it. Throws `channel_unavailable`. */
  async letters(route: ChatRoute, key: string, text: string, runId?: string): Promise<NewOutboxRow[]> {
    const pieces = await this.#answers.pieces(this.#running(route), text, { runId, signal: this.#ended.signal })
    return pieces.map((piece, index) => outboxRow(route, `${key}:${index}`, route.place, piece))
  }

  /** Throws `channel_unavailable`. */
  #running({ channel, account }: Pick<ChatRoute, 'channel' | 'account'>): Wanted {
    const wanted = this.manager.wanted(channel, account)
    if (wanted) return wanted
    throw new GatewayError('channel_unavailable', { message: `There is no account ${channel}/${account} that runs.` })
  }

  async #news(runId: string, sessionKey: string, text: string, chat: ChatFacts | undefined): Promise<void> {
    // A client chooses the ids of its own runs.
    if ((await this.#input.store.runs.get(runId))?.origin !== 'agent') return
    await this.tell(sessionKey, runId, text, { runId, ...(chat && { chat }) })
  }

  /** What is wrong with one channel is no reason for the others to stay away. */
  #unusable(channel: string, err: unknown): undefined {
    this.#input.log.error({ err, channel }, 'the code of a channel could not be read; it stays off')
  }
}
