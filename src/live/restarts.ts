import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ChatFacts, RunCaller } from '../agents/caller.js'
import { loadConfig } from '../config/load.js'
import { configSource } from '../config/source.js'
import type { ValidConfig } from '../config/types.js'
import type { Instance } from '../instance/types.js'
import { writeAtomic } from '../kernel/atomic-file.js'
import type { Clock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import type { Logger } from '../kernel/logger.js'
import type { Sessions } from '../sessions/sessions.js'

/** Time for the answer that announces the restart to reach its reader (spec/runtime.md 4.2). */
export const restartDelayMs = 2_000
export const maxRestartDelayMs = 60_000

export interface RestartOrder {
  readonly reason?: string | undefined
  /** Milliseconds, at most a minute. */
  readonly delayMs?: number | undefined
  /** Who is told when the gateway is back. */
  readonly tell?: RestartReader | undefined
}

/** `agent`: its next turn begins by itself. `chat`: a line in the session. */
export interface RestartReader {
  readonly who: 'agent' | 'chat'
  readonly sessionKey: string
  readonly caller: RunCaller
}

interface Sentinel {
  readonly at: number
  readonly reason: string
  readonly tell?: RestartReader
}

export interface RestartsOptions {
  readonly instance: Instance
  readonly clock: Clock
  readonly log: Logger
  readonly sessions: Sessions
  /** Absent where nobody would begin the next run. */
  readonly way: RestartWay | undefined
  /** Writes to the people of a session's chat, if it has one. The same key is written once. */
  readonly tellChat: (sessionKey: string, key: string, text: string, about: { chat?: ChatFacts }) => Promise<void>
}

/** How a gateway is restarted. */
export interface RestartWay {
  /** Ends this run of the gateway and begins the next. */
  perform(reason: string): void
  /** Why a start with this config would be refused. */
  refusal(loaded: ValidConfig): GatewayError | undefined
}

/** Restarts that were asked for from inside: by an agent, a chat command, a client. */
export class Restarts {
  readonly #options: RestartsOptions
  readonly #file: string
  #cancel: (() => void) | undefined
  #performed = false
  #telling: Promise<void> = Promise.resolve()

  constructor(options: RestartsOptions) {
    this.#options = options
    this.#file = join(options.instance.paths.state, 'restart-sentinel.json')
  }

  /**
   * Plans a restart and gives the milliseconds until it begins. Turns that run then get their time to end. Throws
   * `config_invalid` when the gateway would not come back, `restart_refused` when another restart is planned or nobody
   * would start it again.
   */
  async request({ reason = 'asked to', delayMs = restartDelayMs, tell }: RestartOrder): Promise<number> {
    const { way, clock, log } = this.#options
    if (!way) throw refused('This gateway is run by a program that restarts it itself.')
    if (this.#cancel) throw refused('A restart is planned already; wait for it.')
    this.#cancel = () => {}
    try {
      await this.#checkStart(way)
      const sentinel: Sentinel = { at: clock.now(), reason, ...(tell && { tell }) }
      await writeAtomic(this.#file, JSON.stringify(sentinel))
    } catch (error) {
      this.#cancel = undefined
      throw error
    }
    const wait = Math.min(Math.max(delayMs, 0), maxRestartDelayMs)
    log.info({ reason, delayMs: wait, sessionKey: tell?.sessionKey }, 'a restart is planned')
    this.#cancel = clock.after(wait, () => {
      this.#performed = true
      way.perform(reason)
    })
    return wait
  }

  /** Throws what would keep the gateway from coming back. */
  async #checkStart({ refusal }: RestartWay): Promise<void> {
    const loaded = await loadConfig(configSource(this.#options.instance))
    const issue = loaded.ok ? undefined : loaded.issues[0]
    const why = loaded.ok ? refusal(loaded)?.message : `${issue?.path}: ${issue?.message}`
    if (why === undefined) return
    const message = `Not restarted: the gateway would not come back with this config (${why}).`
    throw new GatewayError('config_invalid', { message, details: loaded.ok ? {} : { issues: loaded.issues } })
  }

  /** Tells who asked for the last restart that it is over. Begins turns: call it when everything is there. */
  open(): () => Promise<void> {
    this.#telling = this.#tell().catch((err: unknown) => {
      this.#options.log.warn({ err }, 'nobody could be told that the restart is over')
    })
    return async () => {
      this.#cancel?.()
      await this.#telling
      // One that was planned and did not come about is not over at some later start.
      if (this.#cancel && !this.#performed) await rm(this.#file, { force: true })
    }
  }

  async #tell(): Promise<void> {
    const text = await readFile(this.#file, 'utf8').catch(() => undefined)
    if (text === undefined) return
    // First, so that a session that cannot take it does not get it at each start.
    await rm(this.#file, { force: true })
    const { at, reason, tell }: Sentinel = JSON.parse(text)
    const { sessions, log, clock, tellChat } = this.#options
    log.info({ reason, tookMs: clock.now() - at }, 'restarted as planned')
    if (!tell) return
    const { sessionKey, caller } = tell
    if (tell.who === 'chat') {
      const message = `The gateway has restarted (${reason}).`
      await sessions.inject({ sessionKey, message })
      await tellChat(sessionKey, `restart_${at}`, message, caller.chat ? { chat: caller.chat } : {})
      return
    }
    await sessions.turns.send({
      sessionKey,
      runId: `restart_${at}`,
      content: [{ type: 'text', text: wordsFor(reason) }],
      origin: 'agent',
      caller,
      queueMode: 'followup',
    })
  }
}

function refused(message: string): GatewayError {
  return new GatewayError('restart_refused', { message })
}

function wordsFor(reason: string): string {
  return [
    '[This is a message of the gateway, not of your user: the restart that you asked for is over, the gateway is back.]',
    `Reason: ${reason}`,
    'Go on with what you were doing, and tell your user what matters of it. If there is nothing to tell, answer with exactly NO_REPLY.',
  ].join('\n')
}
