import type { Clock } from '../../kernel/clock.js'
import { GatewayError } from '../../kernel/errors.js'
import { randomId } from '../../kernel/random-id.js'
import { follow, type StopSignal } from '../../kernel/stop.js'
import type { CommandHost, CommandRequest } from '../_commands.js'
import { defaultKeepMs, maxFinished, maxFinishedChars, maxKeepMs, maxRunning, minKeepMs } from './limits.js'
import { Process, type ProcessAbout } from './process.js'

export interface ProcessTableOptions {
  readonly clock: Clock
  /** `tools.exec.cleanupMs` of this moment. */
  readonly keepMs: () => number | undefined
  /** Told of every background process that has ended. */
  readonly finished: (process: Process) => void
}

/** What one session may see: processes of its agent, behind the same wall (spec/runtime.md 4.2). */
export interface Processes {
  /** False when the session has no `process` tool: then nothing may be left running. */
  readonly reachable: boolean
  /** Starts a command that `signal` ends until it is detached. Throws `too_many_processes`, or what the host throws. */
  start(
    host: CommandHost,
    request: Omit<CommandRequest, 'signal'>,
    about: ProcessAbout,
    signal: StopSignal,
  ): Promise<Process>
  /** The newest first. */
  list(): readonly Process[]
  /** Throws `process_not_found`. */
  get(id: string): Process
  /** Forgets a finished process. */
  forget(process: Process): void
}

export interface ViewOptions {
  /** Names an agent and its wall. */
  readonly scope: string
  readonly agent: string
  readonly reachable: boolean
  /** The caller may leave the sandbox, and so see what did. */
  readonly elevated?: boolean
}

/** Every command of one gateway, in memory only: a restart ends them. */
export class ProcessTable {
  readonly #options: ProcessTableOptions
  readonly #processes = new Map<string, Process>()
  /** Finished processes and what calls off their removal. */
  readonly #expiring = new Map<string, () => void>()
  #starting = 0
  #closed = false

  constructor(options: ProcessTableOptions) {
    this.#options = options
  }

  /** The view of one session: processes of its scope, and of those that left the sandbox only for who may. */
  view({ scope, agent, reachable, elevated = false }: ViewOptions): Processes {
    const outside = `${scope}|elevated`
    const sees = (process: Process) => process.scope === scope || (elevated && process.scope === outside)
    return {
      reachable,
      start: (host, request, about, signal) =>
        this.#start({ scope: request.place?.elevated ? outside : scope, agent }, host, request, about, signal),
      list: () => [...this.#processes.values()].filter(sees).reverse(),
      get: (id) => {
        const found = this.#processes.get(id)
        if (found && sees(found)) return found
        throw new GatewayError('process_not_found', { message: `There is no process ${id.slice(0, 40)}.` })
      },
      forget: (process) => this.#forget(process),
    }
  }

  get running(): number {
    return [...this.#processes.values()].filter(({ running }) => running).length
  }

  /** Ends what runs and takes no more. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#processes.values()].map((process) => process.stop('aborted')))
    for (const id of [...this.#processes.keys()]) this.#delete(id)
  }

  async #start(
    owner: { scope: string; agent: string },
    host: CommandHost,
    request: Omit<CommandRequest, 'signal'>,
    about: ProcessAbout,
    signal: StopSignal,
  ): Promise<Process> {
    if (this.#closed) throw new GatewayError('draining')
    if (this.running + this.#starting >= maxRunning) throw new GatewayError('too_many_processes')
    signal.throwIfAborted()
    const { stop, unlink } = follow(signal)
    this.#starting += 1
    try {
      const command = await host.start({ ...request, signal: stop })
      const facts = { ...owner, id: this.#freeId(), host: host.kind, about, unlink }
      const process = new Process(facts, command, this.#options.clock)
      this.#processes.set(process.id, process)
      stop.addEventListener('abort', () => void process.stop('aborted'))
      if (this.#closed || stop.aborted) await process.stop('aborted')
      void process.finished.then(() => this.#ended(process))
      return process
    } catch (error) {
      unlink()
      throw error
    } finally {
      this.#starting -= 1
    }
  }

  #freeId(): string {
    const id = randomId().slice(0, 8)
    return this.#processes.has(id) ? this.#freeId() : id
  }

  #ended(process: Process): void {
    const keepMs = Math.min(Math.max(this.#options.keepMs() ?? defaultKeepMs, minKeepMs), maxKeepMs)
    if (this.#processes.has(process.id) && !this.#closed) {
      this.#expiring.set(
        process.id,
        this.#options.clock.after(keepMs, () => this.#delete(process.id)),
      )
      this.#trim()
    }
    if (process.background && !process.seenToEnd) this.#options.finished(process)
  }

  #forget(process: Process): void {
    if (!process.running) this.#delete(process.id)
  }

  #delete(id: string): void {
    this.#processes.delete(id)
    this.#expiring.get(id)?.()
    this.#expiring.delete(id)
  }

  /** The oldest finished ones go when there are too many, or too much of their output. */
  #trim(): void {
    const finished = [...this.#processes.values()].filter(({ running }) => !running)
    let chars = finished.reduce((sum, { output }) => sum + output.kept, 0)
    let count = finished.length
    for (const process of finished.sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0))) {
      if (count <= maxFinished && chars <= maxFinishedChars) return
      this.#delete(process.id)
      chars -= process.output.kept
      count -= 1
    }
  }
}
