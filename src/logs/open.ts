import { resolve } from 'node:path'
import { type Logger as PinoLogger, pino } from 'pino'
import type { Clock } from '../kernel/clock.js'
import { expandHome } from '../kernel/expand-home.js'
import { Redactor } from '../kernel/redact.js'
import { DailyFile } from './daily-file.js'
import { LogDestination, type LogLevel, type LogSettings } from './destination.js'
import type { LineStyle } from './format.js'

export type GatewayLogger = PinoLogger

export interface LogsOptions {
  readonly folder: string
  readonly prefix: string
  readonly profile: string
  readonly clock: Clock
  /** What `~` in `logging.file` stands for. */
  readonly home: string
  /** The config's section `logging`. */
  readonly config: LoggingConfig
  readonly overrides?: LogOverrides
  /** Absent: nothing goes to the console. */
  readonly console?: { write(line: string): void; readonly isTTY?: boolean }
}

export interface Logs {
  readonly logger: GatewayLogger
  readonly filePath: string
  /** Tells when lines have reached the file; the returned function stops. */
  onWritten(listener: () => void): () => void
  /** Takes over a changed config; the overrides stay. */
  apply(config: LoggingConfig): void
  /** Values that must never be shown, in the log or elsewhere. */
  hide(secrets: readonly string[]): void
  /** The text without those values. */
  redact(text: string): string
  close(): Promise<void>
}

/** Opens the log of one gateway: JSON lines in the profile's daily file, readable lines on the console. */
export function openLogs(options: LogsOptions): Logs {
  const place = (config: LoggingConfig) => placeOf(options, config)
  const file = new DailyFile(options, place(options.config))
  const isTTY = options.console?.isTTY === true
  const settings = (config: LoggingConfig) => logSettings(config, { ...options.overrides, isTTY })
  const redactor = new Redactor()
  const destination = new LogDestination(settings(options.config), redactor, {
    file,
    ...(options.console ? { console: options.console } : {}),
    colour: isTTY,
  })
  const logger = pino({ level: destination.level, base: { profile: options.profile } }, destination)
  return {
    logger,
    get filePath() {
      return file.path
    },
    onWritten: (listener) => file.onWritten(listener),
    apply(config) {
      destination.apply(settings(config))
      file.apply(place(config))
      logger.level = destination.level
    },
    hide: (secrets) => redactor.hide(secrets),
    redact: (text) => redactor.redact(text),
    close: () => file.close(),
  }
}

/** The file that a gateway with this config logs to today; it need not be there. */
export function logFileOf(options: Pick<LogsOptions, 'folder' | 'prefix' | 'clock' | 'home' | 'config'>): string {
  return new DailyFile(options, placeOf(options, options.config)).path
}

function placeOf({ folder, home }: Pick<LogsOptions, 'folder' | 'home'>, { file, maxFileBytes }: LoggingConfig) {
  return {
    file: file === undefined || file === '' ? undefined : resolve(folder, expandHome(file, home)),
    maxBytes: maxFileBytes,
  }
}

export interface LoggingConfig {
  /** Used instead of the daily file, as it is; relative to the log folder. */
  readonly file?: string
  /** Bytes after which the file is set aside. */
  readonly maxFileBytes?: number
  readonly level?: string
  readonly consoleLevel?: string
  readonly consoleStyle?: string
}

export interface LogOverrides {
  /** `OPENCLAW_LOG_LEVEL`; beats both levels. */
  readonly env?: string | undefined
  /** Beats the console's level. */
  readonly verbose?: boolean
}

function logSettings(config: LoggingConfig, overrides: LogOverrides & { readonly isTTY: boolean }): LogSettings {
  return {
    level: level(overrides.env ?? config.level),
    consoleLevel: overrides.verbose ? 'debug' : level(overrides.env ?? config.consoleLevel),
    consoleStyle: style(config.consoleStyle) ?? (overrides.isTTY ? 'pretty' : 'compact'),
  }
}

const known: readonly string[] = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']
const level = (value: string | undefined): LogLevel => (known.includes(value ?? '') ? (value as LogLevel) : 'info')
const style = (value: string | undefined): LineStyle | undefined =>
  value === 'pretty' || value === 'compact' || value === 'json' ? value : undefined
