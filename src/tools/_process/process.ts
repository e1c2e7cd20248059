import type { Clock } from '../../kernel/clock.js'
import type { StopSignal } from '../../kernel/stop.js'
import type { CommandExit, CommandHost, RunningCommand } from '../_commands.js'
import { OutputBuffer } from './output.js'

/** What is known of a command besides what it does. */
export interface ProcessAbout {
  /** As it was asked for. */
  readonly command: string
  readonly cwd: string | undefined
  readonly sessionKey: string | undefined
  readonly runId: string
  readonly pty: boolean
  /** Milliseconds; undefined: no limit. */
  readonly timeoutMs: number | undefined
}

/** Why a process ended: by itself, too late, by the process tool, or with its turn or the gateway. */
export type ProcessEnd = 'exit' | 'timeout' | 'killed' | 'aborted'

/** One command that was started, running or finished. */
export class Process {
  readonly id: string
  readonly scope: string
  readonly agent: string
  readonly about: ProcessAbout
  readonly host: CommandHost['kind']
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly output = new OutputBuffer()
  /** Resolves once everything of it is gone. */
  readonly finished: Promise<void>
  /** Left to itself: outlives the turn that started it. */
  background = false
  endedAt: number | undefined
  /** Somebody waited for news of it when it ended, and so has heard. */
  seenToEnd = false
  exit: CommandExit | undefined
  end: ProcessEnd | undefined
  readonly #command: RunningCommand
  readonly #watchers = new Set<() => void>()
  readonly #clock: Clock
  readonly #unlink: () => void

  constructor(facts: ProcessFacts, command: RunningCommand, clock: Clock) {
    this.id = facts.id
    this.scope = facts.scope
    this.agent = facts.agent
    this.about = facts.about
    this.host = facts.host
    this.#unlink = facts.unlink
    this.#command = command
    this.#clock = clock
    this.startedAt = clock.now()
    command.onOutput((chunk) => {
      this.output.append(chunk)
      this.#tell()
    })
    const { timeoutMs } = facts.about
    const cancel = timeoutMs === undefined ? () => {} : clock.after(timeoutMs, () => void this.stop('timeout'))
    this.finished = command.exited.then((exit) => this.#ended(exit, cancel))
  }

  get pid(): number {
    return this.#command.pid
  }

  get running(): boolean {
    return this.exit === undefined
  }

  /** Milliseconds from its start to its end, or to now. */
  get durationMs(): number {
    return (this.endedAt ?? this.#clock.now()) - this.startedAt
  }

  /** From now on the end of its turn does not end it. */
  detach(): void {
    this.background = true
    this.#unlink()
  }

  write(data: string | Buffer): void {
    this.#command.write(data)
  }

  endInput(): void {
    this.#command.endInput()
  }

  /** Ends it with its children; resolves when they are gone. */
  async stop(end: Exclude<ProcessEnd, 'exit'>): Promise<void> {
    if (!this.running) return
    this.end ??= end
    await this.#command.kill()
    await this.finished
  }

  /** Resolves at the next output, at its end, or after `ms`. Rejects with the signal's reason. */
  async change(ms: number, signal: StopSignal): Promise<void> {
    signal.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      const settle = (done: () => void) => () => {
        cancel()
        this.#watchers.delete(wake)
        signal.removeEventListener('abort', stop)
        done()
      }
      const wake = settle(resolve)
      const stop = settle(() => reject(signal.reason))
      const cancel = this.#clock.after(ms, wake)
      this.#watchers.add(wake)
      signal.addEventListener('abort', stop)
    })
  }

  #ended(exit: CommandExit, cancel: () => void): void {
    cancel()
    this.#unlink()
    this.output.end()
    this.exit = exit
    this.end ??= 'exit'
    this.endedAt = this.#clock.now()
    this.seenToEnd = this.#watchers.size > 0
    this.#tell()
  }

  #tell(): void {
    for (const wake of [...this.#watchers]) wake()
  }
}

export interface ProcessFacts {
  readonly id: string
  readonly scope: string
  readonly agent: string
  readonly host: CommandHost['kind']
  readonly about: ProcessAbout
  /** Cuts the tie to the turn's signal. */
  unlink(): void
}
