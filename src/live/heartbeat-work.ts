import { createHash } from 'node:crypto'
import { readFile } from '../agents/workspace/files.js'
import { failureOf } from '../automation/failures.js'
import { isActive } from '../automation/heartbeat/active-hours.js'
import { type Beaten, isRepeated } from '../automation/heartbeat/after-beat.js'
import { isEmptyChecklist } from '../automation/heartbeat/checklist.js'
import type { Occasion } from '../automation/heartbeat/pulse.js'
import { readReply } from '../automation/heartbeat/reply.js'
import { type BeatSettings, beatSettings } from '../automation/heartbeat/settings.js'
import type { Clock } from '../kernel/clock.js'
import { errorOfCode, GatewayError, toGatewayError } from '../kernel/errors.js'
import type { Logger } from '../kernel/logger.js'
import { randomId } from '../kernel/random-id.js'
import type { StopSignal } from '../kernel/stop.js'
import { textOf } from '../models/text-of.js'
import { canonicalKey, mainSessionKey } from '../sessions/canonical.js'
import type { Sessions } from '../sessions/sessions.js'
import type { BegunBeat, HeartbeatReport, HeartbeatState, NewOutboxRow, Store } from '../storage/types.js'
import { type BeatPlace, placeOf } from './heartbeat-place.js'
import type { Mail } from './letters.js'

export interface HeartbeatInput extends Mail {
  readonly clock: Clock
  readonly log: Logger
  readonly store: Store
  readonly sessions: Sessions
  readonly stopping: StopSignal
  readonly workspaceOf: (agent: string) => string
  /** Throws `budget_exceeded`. */
  readonly mayCall: (agent: string) => void | Promise<void>
}

/** What happened is told to the user, who may not know. */
const eventPrompt =
  'Something has happened: the system lines say what. Tell the user what there is to know, or do what is asked for. When nothing needs to be said, answer HEARTBEAT_OK.'
const previewLength = 200
const unreadable = { content: undefined }
/** What one heartbeat does: it looks whether there is a reason to ask the model, asks, and brings people what it says. */
export class HeartbeatWork {
  readonly #input: HeartbeatInput
  readonly #agent: string

  constructor(input: HeartbeatInput, agent: string) {
    this.#input = input
    this.#agent = agent
  }

  async beat(
    state: HeartbeatState,
    occasion: Occasion,
    begin: (begun: BegunBeat) => Promise<void>,
  ): Promise<Beaten | undefined> {
    const { clock, store, sessions, stopping, log } = this.#input
    const settings = beatSettings(this.#input.config(), this.#agent)
    const { woken } = occasion
    const sessionKey = this.#sessionOf(settings, occasion)
    const events = await store.systemEvents.of(sessionKey)
    // Another turn has been told meanwhile.
    if (woken && events.length === 0) return undefined
    const place = await this.#place(settings, sessionKey)
    const reason = await this.#reasonAgainst(settings, place, sessionKey, woken, events.length > 0)
    if (reason !== undefined) return { report: this.#report('skipped', { reason }) }
    const at = clock.now()
    const begun = { runId: `heartbeat:${this.#agent}:${randomId()}`, sessionKey, at, woken }
    await begin(begun)
    try {
      if (settings.isolatedSession && !woken) await this.#forget(sessionKey)
      const sent = await sessions.turns.send({
        ...{ sessionKey, agentId: this.#agent, runId: begun.runId, origin: 'heartbeat', queueMode: 'followup' },
        content: [{ type: 'text', text: `${woken ? eventPrompt : settings.prompt}\n\n[It is ${iso(at)}.]` }],
        // What happened in the conversation of somebody else is not for the owner's rights.
        caller: { owner: !woken || sessionKey === this.#mainKey },
        ...{ model: settings.model, timeoutMs: settings.timeoutMs, lightContext: settings.lightContext && !woken },
      })
      const final = sent.status === 'started' ? await sent.done : undefined
      if (final?.type === 'aborted' && stopping.aborted) throw new GatewayError('draining')
      if (final?.type === 'error') throw final.error
      if (final?.type !== 'end') throw new GatewayError('run_aborted')
      const reasoning = settings.includeReasoning ? final.result.reasoning.trim() : ''
      // What was said on the way to it is no alert.
      const text = textOf(final.messages.at(-1)?.content ?? [])
      return await this.#said(state, begun, settings, place, { text, reasoning })
    } catch (thrown) {
      if (stopping.aborted) throw thrown
      const error = toGatewayError(thrown)
      if (error.code === 'budget_exceeded') return { report: this.#report('skipped', { reason: 'budget' }) }
      log.warn({ agent: this.#agent, code: error.code, err: error }, 'a heartbeat failed')
      // What has happened stays where the next turn reads it.
      if (!woken) await store.runs.blank(begun.runId)
      return this.#failed(state, begun, place, error)
    }
  }

  /** What a heartbeat of an earlier start has brought. */
  async resume(state: HeartbeatState, begun: BegunBeat): Promise<Beaten> {
    const settings = beatSettings(this.#input.config(), this.#agent)
    const answer = await this.#input.sessions.answer(begun.runId)
    const place = await this.#place(settings, begun.sessionKey)
    const outcome = answer?.outcome
    if (!answer || outcome?.status !== 'ok' || outcome.stopReason !== undefined) {
      const error = outcome?.error === undefined ? new GatewayError('run_aborted') : errorOfCode(outcome.error)
      return this.#failed(state, begun, place, error)
    }
    return this.#said(state, begun, settings, place, { text: answer.text, reasoning: '' }).catch((thrown: unknown) =>
      this.#failed(state, begun, place, toGatewayError(thrown)),
    )
  }

  /** Why the model is not asked; undefined when it is. What has happened is told at any time. */
  async #reasonAgainst(
    settings: BeatSettings,
    place: BeatPlace | undefined,
    sessionKey: string,
    woken: boolean,
    hasEvents: boolean,
  ): Promise<string | undefined> {
    const { clock, config, sessions, workspaceOf } = this.#input
    if (!woken) {
      if (!isActive(settings.activeHours, clock.now(), config().agents?.defaults?.userTimezone)) return 'quiet-hours'
      if (!place) return 'no-route'
      if (place.route && !settings.toDirect && place.route.place.kind === 'direct') return 'dm-blocked'
      if (place.route && !Object.values(place.shown).includes(true)) return 'alerts-disabled'
    }
    if (sessions.context.options.agents.live.of(sessionKey).length > 0) return 'requests-in-flight'
    if (woken || hasEvents) return this.#spent()
    const { content } = await readFile(workspaceOf(this.#agent), 'HEARTBEAT.md').catch(() => unreadable)
    return content !== undefined && isEmptyChecklist(content) ? 'empty-heartbeat-file' : this.#spent()
  }

  /** Before anything is taken from the session: it must be there when there is money again. */
  async #spent(): Promise<string | undefined> {
    try {
      await this.#input.mayCall(this.#agent)
      return undefined
    } catch (thrown) {
      if (toGatewayError(thrown).code === 'budget_exceeded') return 'budget'
      throw thrown
    }
  }

  async #said(
    state: HeartbeatState,
    { runId, at }: BegunBeat,
    settings: BeatSettings,
    place: BeatPlace | undefined,
    { text: answer, reasoning }: { readonly text: string; readonly reasoning: string },
  ): Promise<Beaten> {
    const { clock, store } = this.#input
    const { kind, text } = readReply(answer, settings.ackMaxChars)
    const durationMs = clock.now() - at
    const shown = place?.route && place.shown
    const indicator = (type: 'ok' | 'alert') => shown?.useIndicator && { indicatorType: type }
    const preview = text.slice(0, previewLength)
    if (kind !== 'alert') {
      await store.runs.blank(runId)
      const status = kind === 'empty' ? 'ok-empty' : 'ok-token'
      const messages = shown?.showOk ? await this.#letters(place, runId, [text || '✅']) : []
      return { report: this.#report(status, { durationMs, preview, ...indicator('ok') }, place), messages }
    }
    const facts = { durationMs, preview, ...indicator('alert') }
    const hash = hashOf(place, text)
    if (isRepeated(state, hash, clock.now())) {
      await store.runs.blank(runId)
      return { report: this.#report('skipped', { ...facts, reason: 'duplicate' }, place), hash }
    }
    const reason = this.#silence(settings, place)
    // It stands in the session, for whoever looks there.
    if (reason !== undefined) return { report: this.#report('sent', { ...facts, reason }) }
    const messages = await this.#letters(place, runId, [...(reasoning ? [`Reasoning:\n${reasoning}`] : []), text])
    return { report: this.#report('sent', facts, place), messages, hash }
  }

  /** Why an alert stays in the session. */
  #silence({ toDirect }: BeatSettings, place: BeatPlace | undefined): string | undefined {
    if (!place) return 'no-route'
    if (!place.route) return 'internal'
    if (!toDirect && place.route.place.kind === 'direct') return 'dm-blocked'
    return place.shown.showAlerts ? undefined : 'alerts-disabled'
  }

  async #failed(state: HeartbeatState, begun: BegunBeat, place: BeatPlace | undefined, error: GatewayError) {
    const { clock } = this.#input
    const { reason, failure } = failureOf(error.code)
    const stops = failure === 'lasting' ? reason : undefined
    const shown = place?.route && place.shown
    const report = this.#report(
      'failed',
      {
        ...{ reason: stops ?? error.code, message: error.message, durationMs: clock.now() - begun.at },
        ...(shown?.useIndicator && { indicatorType: 'error' as const }),
      },
      place,
    )
    if (stops === undefined) return { report }
    const text = `⚠️ The heartbeat of ${this.#agent} has stopped: ${error.message} It goes on after \`openclaw system heartbeat enable\`, a change of the config or a restart.`
    const hash = hashOf(place, stops)
    const silent = isRepeated(state, hash, clock.now()) || !shown?.showAlerts
    const letters = silent ? [] : this.#letters(place, begun.runId, [text]).catch(() => [])
    return { report, stops, hash, messages: await letters }
  }

  async #letters(place: BeatPlace | undefined, key: string, texts: readonly string[]): Promise<NewOutboxRow[]> {
    if (!place?.route) return []
    const { route } = place
    const open = await this.#input.channels()
    const all = await Promise.all(texts.map((text, index) => open.letters(route, `${key}:${index}`, text, key)))
    return all.flat()
  }

  async #place(settings: BeatSettings, sessionKey: string): Promise<BeatPlace | undefined> {
    try {
      return await placeOf(this.#input, settings, sessionKey, this.#mainKey)
    } catch (thrown) {
      const { message } = toGatewayError(thrown)
      this.#input.log.warn({ agent: this.#agent, target: settings.target }, `the heartbeat has no place: ${message}`)
      return undefined
    }
  }

  /** What was said before in a session that is made anew for each heartbeat. */
  async #forget(key: string): Promise<void> {
    const { store, sessions } = this.#input
    if (await store.sessions.get(key)) await sessions.edit.delete({ key }, { keep: false, archivedOnly: false })
  }

  #sessionOf({ isolatedSession, session }: BeatSettings, occasion: Occasion): string {
    const { sessions } = this.#input
    if (occasion.woken) return occasion.sessionKey
    if (isolatedSession) return `agent:${this.#agent}:heartbeat`
    return session === undefined ? this.#mainKey : canonicalKey(sessions.context.rules(), session, this.#agent).key
  }

  get #mainKey(): string {
    return mainSessionKey(this.#input.sessions.context.rules(), this.#agent)
  }

  #report(
    status: HeartbeatReport['status'],
    facts: Omit<HeartbeatReport, 'ts' | 'status' | 'agentId'>,
    place?: BeatPlace,
  ): HeartbeatReport {
    const route = place?.route
    const to = route && { channel: route.channel, to: route.place.id }
    return { ts: this.#input.clock.now(), status, agentId: this.#agent, ...facts, ...to }
  }
}

function hashOf(place: BeatPlace | undefined, text: string): string {
  const { channel, account, place: where } = place?.route ?? {}
  return createHash('sha256')
    .update(JSON.stringify([channel, account, where, text]))
    .digest('hex')
    .slice(0, 32)
}

const iso = (at: number) => new Date(at).toISOString()
