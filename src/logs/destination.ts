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
  #secrets: readonly string[] = []
  readonly #file: LineSink | undefined
  readonly #console: LineSink | undefined
  readonly #colour: boolean

  constructor(settings: LogSettings, sinks: { file?: LineSink; console?: LineSink; colour?: boolean }) {
    this.#settings = settings
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

  /** Values that must never be written. Short ones are ignored: blanking them would garble the log. */
  hide(secrets: readonly string[]): void {
    const long = secrets.filter((secret) => secret.length >= 6)
    // In a line of JSON a quote or a backslash stands escaped.
    this.#secrets = [...new Set(long.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]))]
  }

  write(raw: string): void {
    const level = Number.parseInt(raw.slice(levelAt, levelAt + 2), 10)
    let line = raw
    for (const secret of this.#secrets) if (line.includes(secret)) line = line.replaceAll(secret, '[redacted]')
    if (level >= levels[this.#settings.level]) this.#file?.write(line)
    if (this.#console && level >= levels[this.#settings.consoleLevel]) {
      this.#console.write(formatLine(line, this.#settings.consoleStyle, this.#colour))
    }
  }
}
