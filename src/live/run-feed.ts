import type { RunFinished, RunJoined, RunProgress, RunRefused, RunStarted } from '../agents/events.js'
import type { RunEvent, RunFinal, TurnSettings } from '../agents/types.js'
import type { Clock } from '../kernel/clock.js'
import type { Bus } from '../kernel/events.js'
import type { Usage } from '../models/types.js'
import type { Injected } from '../sessions/events.js'
import { usageLine } from '../sessions/usage-line.js'
import { type AgentStream, agentEvent, endOfLife, toolData } from './agent-events.js'
import { chatDelta, chatEnd, chatInjected, chatJoined, type TurnName } from './chat-events.js'
import type { GatewayEvents } from './events.js'
import type { Hub } from './hub.js'

/** The shortest time between two deltas of one turn, in milliseconds. */
const deltaMs = 150

/** What is kept of a turn while it runs. */
interface Feed {
  readonly runId: string
  readonly sessionKey: string
  readonly agentId: string
  readonly startedAt: number | undefined
  readonly settings: TurnSettings
  /** What the model has thought, where the session shows it. */
  reasoning: string
  seq: number
  /** All that the model has said, as its door got it. */
  text: string
  /** Characters of it that were sent. */
  sent: number
  /** When the last delta went out, on the monotonic clock. */
  sentAt: number
  cancel: (() => void) | undefined
}

/**
 * Shows the turns of sessions to connected clients as `chat` and `agent` events, whichever door they came through. What
 * it keeps of a turn goes with the turn.
 */
export class RunFeed {
  readonly #hub: Hub
  readonly #clock: Clock
  readonly #feeds = new Map<string, Feed>()

  constructor(hub: Hub, clock: Clock) {
    this.#hub = hub
    this.#clock = clock
  }

  /** Turns that it knows of. */
  get size(): number {
    return this.#feeds.size
  }

  /** Listens; the returned function stops. */
  follow(bus: Bus<GatewayEvents>): () => void {
    const undo = [
      bus.on('run.started', (run) => this.#started(run)),
      bus.on('run.event', (progress) => this.#event(progress)),
      bus.on('run.finished', (run) => this.#finished(run)),
      bus.on('run.joined', (run) => this.#joined(run)),
      bus.on('run.refused', (run) => this.#refused(run)),
      bus.on('message.injected', (injected) => this.#injected(injected)),
    ]
    return () => {
      for (const stop of undo) stop()
      for (const feed of this.#feeds.values()) feed.cancel?.()
      this.#feeds.clear()
    }
  }

  #started({ runId, sessionKey, agent, model, settings }: RunStarted): void {
    const feed = newFeed(runId, sessionKey, agent, this.#clock.now(), settings)
    this.#feeds.set(runId, feed)
    const slash = model.indexOf('/')
    this.#agent(feed, 'lifecycle', { phase: 'start', startedAt: feed.startedAt })
    const name = { provider: model.slice(0, Math.max(slash, 0)), model: model.slice(slash + 1) }
    this.#agent(feed, 'lifecycle', { phase: 'model', ...name })
  }

  #event({ runId, sessionKey, agent, event }: RunProgress): void {
    // A session may be summed up without a turn.
    const feed = this.#feeds.get(runId) ?? (event.type === 'compaction' && newFeed(runId, sessionKey, agent))
    if (!feed) return
    if (event.type === 'usage') this.#agent(feed, 'usage', { outputTokens: event.usage.output })
    if (event.type === 'compaction') {
      const { type: _type, ...data } = event
      this.#agent(feed, 'compaction', data)
    }
    const tool = toolData(event)
    if (tool) {
      // What was said before the call is shown before it.
      this.#flush(feed)
      this.#agent(feed, 'tool', tool, shownToAll(feed.settings.verboseLevel, event))
    }
    if (event.type === 'reasoning') this.#thinks(feed, event.delta)
    if (event.type !== 'text') return
    feed.text += event.delta
    if (feed.cancel || this.#hub.size === 0) return
    const wait = feed.sentAt + deltaMs - this.#clock.monotonic()
    if (wait <= 0) this.#flush(feed)
    else feed.cancel = this.#clock.after(wait, () => this.#flush(feed))
  }

  /** Kept only where the session shows it. */
  #thinks(feed: Feed, delta: string): void {
    const { reasoningLevel = 'off' } = feed.settings
    if (reasoningLevel === 'off') return
    feed.reasoning += delta
    if (reasoningLevel === 'stream') this.#agent(feed, 'thinking', { text: feed.reasoning, delta })
  }

  /** Sends what was said since the last time. */
  #flush(feed: Feed): void {
    feed.cancel?.()
    feed.cancel = undefined
    feed.sentAt = this.#clock.monotonic()
    const delta = feed.text.slice(feed.sent)
    if (delta === '') return
    feed.sent = feed.text.length
    this.#agent(feed, 'assistant', { text: feed.text, delta, itemId: feed.runId })
    chatDelta(this.#hub, nameOf(feed), feed.text, delta, this.#clock.now())
  }

  #finished({ runId, sessionKey, agent, usage, final }: RunFinished): void {
    if (sessionKey !== undefined) this.#end(runId, sessionKey, agent, final, usage)
  }

  /** Its answer was shown as that of the run that took it in. */
  #joined({ runId, sessionKey, agent, final }: RunJoined): void {
    const turn = nameOf(newFeed(runId, sessionKey, agent))
    if (final.type === 'end') chatJoined(this.#hub, turn)
    else chatEnd(this.#hub, turn, { ...final, partial: '' }, undefined, this.#clock.now())
  }

  #refused({ runId, sessionKey, agent, error }: RunRefused): void {
    this.#end(runId, sessionKey, agent, { type: 'error', error, partial: '' }, undefined)
  }

  #end(runId: string, sessionKey: string, agent: string, final: RunFinal, usage: Usage | undefined): void {
    const feed = this.#feeds.get(runId) ?? newFeed(runId, sessionKey, agent)
    this.#feeds.delete(runId)
    feed.cancel?.()
    feed.cancel = undefined
    if (this.#hub.size === 0) return
    this.#catchUp(feed, final)
    const now = this.#clock.now()
    for (const data of endOfLife(final, feed.startedAt, now)) this.#agent(feed, 'lifecycle', data)
    const footer = usageLine(feed.settings.responseUsage, usage)
    chatEnd(this.#hub, nameOf(feed), final, usage, now, { reasoning: feed.reasoning, footer })
  }

  /** Sends the rest of the answer, or all of it when the model's door made something else of it. */
  #catchUp(feed: Feed, final: RunFinal): void {
    const whole = final.type === 'end' ? final.result.text : final.partial
    const agrees = whole.startsWith(feed.text.slice(0, feed.sent))
    if (agrees || feed.sent === 0) {
      feed.text = whole
      this.#flush(feed)
    } else {
      chatDelta(this.#hub, nameOf(feed), whole, whole, this.#clock.now(), true)
    }
  }

  #injected({ runId, sessionKey, agent, message }: Injected): void {
    chatInjected(this.#hub, nameOf(newFeed(runId, sessionKey, agent)), message)
  }

  #agent(feed: Feed, stream: AgentStream, data: object, toAll = false): void {
    feed.seq += 1
    agentEvent(this.#hub, nameOf(feed), stream, data, this.#clock.now(), toAll)
  }
}

/** `/verbose`: clients that did not ask for tool events get them too, unfinished results only with `full`. */
function shownToAll(level: string | undefined, event: RunEvent): boolean {
  return level === 'full' || (level === 'on' && event.type !== 'tool_update')
}

function newFeed(
  runId: string,
  sessionKey: string,
  agentId: string,
  startedAt?: number,
  settings: TurnSettings = {},
): Feed {
  const start = { seq: 0, text: '', sent: 0, sentAt: Number.NEGATIVE_INFINITY, cancel: undefined }
  return { runId, sessionKey, agentId, startedAt, settings, reasoning: '', ...start }
}

function nameOf({ runId, sessionKey, agentId, seq }: Feed): TurnName {
  return { runId, sessionKey, agentId, seq }
}
