import { sleep } from '../../kernel/clock.js'
import { styledText } from '../deliver/styled.js'
import {
  ChannelFailure,
  type Connection,
  type Directory,
  type Host,
  type InboundMedia,
  type Outbound,
  type Place,
  type Probed,
} from '../port.js'
import type { Daemon } from './daemon.js'
import { signalDirectory } from './directory.js'
import { readEvents } from './events.js'
import { type AttachmentRef, type Envelope, inboundOf, messageId, partsOfId } from './inbound.js'
import type { SendResult, SignalRpc } from './rpc.js'

/** Waits before the stream is asked for again. */
const waits = [1_000, 2_000, 5_000, 10_000]
/** After so many failures in a row the account counts as away. */
const patience = 4
const styles = { bold: 'BOLD', italic: 'ITALIC', strike: 'STRIKETHROUGH', code: 'MONOSPACE' } as const

export interface SignalOptions {
  /** The daemon: one that runs already, or one that this connection starts and ends. */
  readonly rpc: SignalRpc | ((signal: AbortSignal) => Promise<Daemon>)
  readonly host: Host
  readonly account: string
  readonly receipts: boolean
}

/** One account of signal-cli: events come as a stream, everything else is a call. */
export class SignalConnection implements Connection {
  readonly directory: Directory
  readonly #options: SignalOptions
  #daemon: Daemon | undefined
  #uuid: string | undefined

  constructor(options: SignalOptions) {
    this.#options = options
    this.directory = signalDirectory(() => this.#rpc, options.account)
  }

  async run(signal: AbortSignal): Promise<void> {
    const { rpc } = this.#options
    if (typeof rpc === 'function') this.#daemon = await rpc(signal)
    const ended = this.#daemon?.ended
    await (ended ? Promise.race([this.#live(signal), ended]) : this.#live(signal))
  }

  get #rpc(): SignalRpc {
    const { rpc } = this.#options
    if (typeof rpc !== 'function') return rpc
    if (!this.#daemon) throw new ChannelFailure('network', 'signal-cli is not up yet')
    return this.#daemon.rpc
  }

  async send(place: Place, message: Outbound, signal: AbortSignal): Promise<{ readonly id: string }> {
    const { account, host } = this.#options
    const { text, spans } = styledText(message.text)
    const quoted = message.replyTo === undefined ? undefined : partsOfId(message.replyTo)
    const files = (message.media ?? []).map(({ path }) => path)
    const result = (await this.#rpc.call(
      'send',
      {
        ...where(place),
        message: text,
        ...(spans.length > 0 && {
          textStyle: spans.map(({ start, length, style }) => `${start}:${length}:${styles[style]}`),
        }),
        ...(files.length > 0 && { attachments: files }),
        ...(quoted && { quoteTimestamp: quoted.timestamp, quoteAuthor: quoted.author }),
      },
      signal,
    )) as { readonly timestamp?: number; readonly results?: readonly SendResult[] } | undefined
    this.#judge(result?.results ?? [])
    return { id: messageId(account, result?.timestamp ?? host.clock.now()) }
  }

  async typing(place: Place, signal: AbortSignal): Promise<void> {
    await this.#rpc.call('sendTyping', where(place), signal)
  }

  async react(place: Place, id: string, emoji: string, signal: AbortSignal): Promise<void> {
    const { author, timestamp } = partsOfId(id)
    const target = { targetAuthor: author, targetTimestamp: timestamp }
    // To take one away, signal-cli wants some emoji too.
    const what = emoji === '' ? { emoji: '👍', remove: true } : { emoji }
    await this.#rpc.call('sendReaction', { ...where(place), ...target, ...what }, signal)
  }

  async fetchMedia({ ref, bytes = 0 }: InboundMedia, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    const { id, ...of } = JSON.parse(ref) as AttachmentRef
    if (bytes > maxBytes) throw new ChannelFailure('refused', `the file has ${bytes} bytes`)
    // Base64 in JSON.
    const room = Math.ceil(maxBytes / 3) * 4 + 4_096
    const result = (await this.#rpc.call('getAttachment', { id, ...of }, signal, room)) as { data?: string }
    if (typeof result?.data !== 'string') throw new ChannelFailure('refused', 'signal-cli does not have the file')
    return Buffer.from(result.data, 'base64')
  }

  async probe(signal: AbortSignal): Promise<Probed> {
    const { account } = this.#options
    const up = this.#options.rpc instanceof Function && !this.#daemon ? false : await this.#rpc.check(signal)
    if (!up) return { ok: false, error: 'no signal-cli daemon answers' }
    return { ok: true, identity: account }
  }

  async close(): Promise<void> {
    await this.#daemon?.stop()
    this.#daemon = undefined
  }

  async #live(signal: AbortSignal): Promise<void> {
    if (!(await this.#rpc.check(signal))) throw new ChannelFailure('network', 'no signal-cli daemon answers')
    await this.#whoAmI(signal)
    await this.#follow(signal)
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { host, account } = this.#options
    for (let failures = 0; !signal.aborted; ) {
      try {
        await readEvents({
          url: this.#rpc.events,
          signal,
          opened: () => {
            failures = 0
            host.alive({ identity: account })
          },
          take: (data) => this.#take(data, signal),
        })
      } catch (error) {
        failures += 1
        const failure = error instanceof ChannelFailure ? error : new ChannelFailure('network', String(error))
        if (failure.kind === 'auth') throw failure
        if (failures >= patience) throw new ChannelFailure('network', failure.message)
      }
      const waitMs = waits[Math.min(failures, waits.length - 1)] ?? 0
      if (!signal.aborted) await sleep(host.clock, waitMs, signal).catch(() => {})
    }
  }

  async #take(data: string, signal: AbortSignal): Promise<void> {
    const { host, account, receipts } = this.#options
    const envelope = envelopeOf(data, account)
    if (!envelope) return
    const message = inboundOf(envelope, { number: account, uuid: this.#uuid })
    if (!message) return
    await host.receive(message)
    host.alive()
    if (!receipts || message.place.kind !== 'direct') return
    const receipt = { recipient: message.place.id, targetTimestamp: message.at, type: 'read' }
    this.#rpc.call('sendReceipt', receipt, signal).catch(() => {})
  }

  /** Mentions may name the account by its id alone. Signal limits the question, so the answer is kept. */
  async #whoAmI(signal: AbortSignal): Promise<void> {
    const { host, account } = this.#options
    const name = `uuid ${account}`
    this.#uuid = await host.memory.get(name)
    if (this.#uuid !== undefined) return
    const found = await this.#rpc.call('getUserStatus', { recipient: [account] }, signal).catch((error: unknown) => {
      if (error instanceof ChannelFailure && error.kind === 'auth') throw error
      return undefined
    })
    const uuid = (found as readonly { readonly uuid?: string }[] | undefined)?.[0]?.uuid?.toLowerCase()
    if (uuid === undefined) return
    this.#uuid = uuid
    await host.memory.set(name, uuid)
  }

  /** In a group, one who got it is enough: the others are told of by signal-cli's own log. */
  #judge(results: readonly SendResult[]): void {
    const bad = results.filter(({ type }) => type !== undefined && type !== 'SUCCESS')
    if (bad.length === 0 || bad.length < results.length) return
    const limit = bad.find(({ type }) => type === 'RATE_LIMIT_FAILURE')
    if (limit) throw new ChannelFailure('rate_limit', 'send: rate limited', (limit.retryAfterSeconds ?? 60) * 1000)
    const type = bad[0]?.type ?? ''
    throw new ChannelFailure(type === 'NETWORK_FAILURE' ? 'ambiguous' : 'refused', `send: ${type}`)
  }
}

const where = ({ kind, id }: Place) => (kind === 'direct' ? { recipient: [id] } : { groupId: id })

/** A daemon of several accounts may hand out what is for another one. */
function envelopeOf(data: string, account: string): Envelope | undefined {
  try {
    const event = JSON.parse(data)
    return event?.account !== undefined && event.account !== account ? undefined : event?.envelope
  } catch {
    return undefined
  }
}
