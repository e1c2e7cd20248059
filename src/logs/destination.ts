import type { Redactor } from '../kernel/redact.js'
import { formatLine, type LineStyle } from './format.js'

const levels = { silent: 99, fatal: 60, error: 50, warn: 40, info: 30, debug: 20, trace: 10 } as const
export type LogLevel = keyof typeof levels

export interface LogSettings {
  readonly level: LogLevel
  readonly consoleLevel: LogLevel
  readonly consoleStyle: LineStyle
}

export interface LineSink {
  write(line: string): void
}

/** pino writes every line as `{"level":NN,`. */
const levelAt = '{"level":'.length

/**
 * Where log lines go: each to the file and to the console, by the level of each. Known secret values are blanked on
 * the way, whatever put them there. Settings change while running.
 */
export class LogDestination {
  #settings: LogSettings
  readonly #redactor: Redactor
  readonly #file: LineSink | undefined
  readonly #console: LineSink | undefined
  readonly #colour: boolean

  constructor(
    settings: LogSettings,
    redactor: Redactor,
    sinks: { file?: LineSink; console?: LineSink; colour?: boolean },
  ) {
    this.#settings = settings
    this.#redactor = redactor
    this.#file = sinks.file
    this.#console = sinks.console
    this.#colour = sinks.colour ?? false
  }

  /** The lowest level that anything wants; what is below need not be formatted at all. */
  get level(): LogLevel {
    const { level, consoleLevel } = this.#settings
    if (!this.#console) return level
    return levels[level] < levels[consoleLevel] ? level : consoleLevel
  }

  apply(settings: LogSettings): void {
    this.#settings = settings
  }

  write(raw: string): void {
    const level = Number.parseInt(raw.slice(levelAt, levelAt + 2), 10)
    const line = this.#redactor.redact(raw)
    if (level >= levels[this.#settings.level]) this.#file?.write(line)
    if (this.#console && level >= levels[this.#settings.consoleLevel]) {
      this.#console.write(formatLine(line, this.#settings.consoleStyle, this.#colour))
    }
  }
}
