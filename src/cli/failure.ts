import { commandFor } from '../instance/profile.js'
import { type ErrorCode, GatewayError } from '../kernel/errors.js'
import { errorText } from './error-text.js'
import type { Messages } from './messages.js'
import type { Output } from './output.js'

/** What to run after an error, without `openclaw`. An error may know better in `details.next`. */
const nextCommands: Partial<Record<ErrorCode, string>> = {
  usage: '--help',
  config_invalid: 'config validate',
  config_missing: 'setup',
  config_path_unknown: 'config schema',
  mode_not_local: 'config set gateway.mode local',
  bind_without_auth: 'setup',
  lock_held: 'gateway status',
  port_taken: 'profiles list',
  gateway_unreachable: 'gateway status',
  service_unavailable: 'gateway start',
  service_not_installed: 'gateway install',
}

export interface FailureContext {
  readonly messages: Messages
  readonly profile: string
  /** Print where an unexpected error comes from. */
  readonly debug: boolean
}

/** Shows an error in its human and its JSON form and gives the exit code of its row (spec/README.md 13). */
export function reportFailure(out: Output, thrown: unknown, { messages, profile, debug }: FailureContext): number {
  const { t } = messages
  const known = thrown instanceof GatewayError
  const code: ErrorCode = known ? thrown.code : 'internal_error'
  const message = known ? errorText(thrown, messages, profile) : t('failure.unexpected', { why: whyOf(thrown) })
  const details = known ? thrown.details : undefined
  const next = typeof details?.next === 'string' ? details.next : nextCommands[code]
  const command = known ? next && commandFor({ profile }, next) : undefined
  const lines = [
    ...(debug && thrown instanceof Error && thrown.stack ? [thrown.stack] : []),
    ...(command ? [t('failure.try', { command })] : []),
    ...(known || debug ? [] : [t('failure.debug')]),
  ]
  const type = code === 'gateway_unreachable' ? 'gateway_transport_error' : 'cli_error'
  const { next: _next, values: _values, ...facts } = { ...details }
  const error = { type, code, message, ...facts, ...(command ? { try: command } : {}) }
  out.failure(message, lines, { ok: false, error })
  return known ? thrown.row.exit : 1
}

function whyOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}
