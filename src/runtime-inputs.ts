import type { Config } from '../schemas/config/index.js'
import type { Instance } from './instance/types.js'
import type { Clock } from './kernel/clock.js'
import { type Logs, logSettings, openLogs } from './logs/open.js'

/** The log of an instance; without a console only the file. */
export function openInstanceLogs(
  instance: Instance,
  clock: Clock,
  options: { readonly console?: { write(line: string): void; readonly isTTY?: boolean }; readonly verbose?: boolean },
  config: Config = {},
): Logs {
  return openLogs({
    folder: instance.paths.logDir,
    prefix: instance.paths.logPrefix,
    profile: instance.profile,
    clock,
    settings: logSettings(config.logging ?? {}, {
      env: instance.settings.logLevel,
      ...(options.verbose === undefined ? {} : { verbose: options.verbose }),
      isTTY: options.console?.isTTY === true,
    }),
    ...(options.console ? { console: options.console } : {}),
  })
}

/** Values that the log must never show: the gateway's own secrets and the providers' keys. */
export function secretsOf(config: Config): string[] {
  const { auth, remote } = config.gateway ?? {}
  const providers = Object.values(config.models?.providers ?? {}).map(({ apiKey }) => apiKey)
  const candidates: unknown[] = [auth?.token, auth?.password, remote?.token, remote?.password, ...providers]
  return candidates.filter((value) => typeof value === 'string')
}
