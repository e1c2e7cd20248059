import { type Logger as PinoLogger, pino } from 'pino'
import type { Clock } from '../kernel/clock.js'
import { DailyFile } from './daily-file.js'
import { LogDestination, type LogLevel, type LogSettings } from './destination.js'
import type { LineStyle } from './format.js'

export type GatewayLogger = PinoLogger

export interface LogsOptions {
  readonly folder: string
  readonly prefix: string
  readonly profile: string
  readonly clock: Clock
  readonly settings: LogSettings
  /** Absent: nothing goes to the console. */
  readonly console?: { write(line: string): void; readonly isTTY?: boolean }
  readonly maxFileBytes?: number
}

export interface Logs {
  readonly logger: GatewayLogger
  readonly filePath: string
  apply(settings: LogSettings): void
  hide(secrets: readonly string[]): void
  close(): Promise<void>
}

/** Opens the log of one gateway: JSON lines in the profile's daily file, readable lines on the console. */
export function openLogs(options: LogsOptions): Logs {
  const file = new DailyFile({
    folder: options.folder,
    prefix: options.prefix,
    clock: options.clock,
    ...(options.maxFileBytes === undefined ? {} : { maxBytes: options.maxFileBytes }),
  })
  const destination = new LogDestination(options.settings, {
    file,
    ...(options.console ? { console: options.console } : {}),
    colour: options.console?.isTTY === true,
  })
  const logger = pino({ level: destination.level, base: { profile: options.profile } }, destination)
  return {
    logger,
    get filePath() {
      return file.path
    },
    apply(settings) {
      destination.apply(settings)
      logger.level = destination.level
    },
    hide: (secrets) => destination.hide(secrets),
    close: () => file.close(),
  }
}

interface LoggingConfig {
  readonly level?: string
  readonly consoleLevel?: string
  readonly consoleStyle?: string
}

/** Log settings from the config; `OPENCLAW_LOG_LEVEL` beats both levels, `verbose` the console's. */
export function logSettings(
  config: LoggingConfig,
  overrides: { readonly env?: string | undefined; readonly verbose?: boolean; readonly isTTY?: boolean },
): LogSettings {
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
