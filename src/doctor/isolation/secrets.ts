import { createHmac } from 'node:crypto'
import type { Config } from '../../../schemas/config/index.js'
import { secretName } from '../../config/redact.js'
import type { Env } from '../../instance/types.js'
import type { Owned } from './types.js'

/** Variables that stand in for the default account's credentials (spec/runtime.md 2.0). */
const fallbacks: Readonly<Record<string, readonly [key: string, variable: string]>> = {
  telegram: ['botToken', 'TELEGRAM_BOT_TOKEN'],
  discord: ['token', 'DISCORD_BOT_TOKEN'],
  slack: ['botToken', 'SLACK_BOT_TOKEN'],
  qqbot: ['clientSecret', 'QQBOT_CLIENT_SECRET'],
}
/** Shorter values are words, and words may well be the same. */
const minLength = 8

/** The secrets that let a gateway in and speak for it: its own, and those of its channels. Model keys may be shared. */
export function ownedSecrets(config: Config, env: Env, salt: Buffer): Owned[] {
  const hash = (value: string) => createHmac('sha256', salt).update(value).digest('hex').slice(0, 16)
  const own = secretsIn(config.gateway?.auth ?? {}, 'gateway.auth', env)
  const channels = secretsIn(config.channels ?? {}, 'channels', env)
  return [
    ...own.map(({ path, value }) => owned('gateway-secret', path, hash(value))),
    ...[...channels, ...fromEnvironment(config, env)].map(({ path, value }) =>
      owned('channel-secret', path, hash(value)),
    ),
  ]
}

const owned = (kind: Owned['kind'], path: string, value: string): Owned => ({ kind, value, shown: path, fix: path })

interface Secret {
  readonly path: string
  readonly value: string
}

function secretsIn(tree: object, path: string, env: Env): Secret[] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]): Secret[] => {
    const here = `${path}.${key}`
    if (secretName.test(key)) {
      const text = textOf(value, env)
      return text !== undefined && text.length >= minLength ? [{ path: here, value: text }] : []
    }
    return typeof value === 'object' && value !== null ? secretsIn(value, here, env) : []
  })
}

/** References to files and programs are not followed: asking for them could ask a person. */
function textOf(value: unknown, env: Env): string | undefined {
  if (typeof value === 'string') {
    const variable = /^\$\{?([A-Z][A-Z0-9_]*)\}?$/.exec(value)?.[1]
    return variable === undefined ? value : env[variable]
  }
  if (typeof value !== 'object' || value === null || !('source' in value) || !('id' in value)) return undefined
  return value.source === 'env' ? env[String(value.id)] : undefined
}

/** A channel that is on without a token of its own takes that of the environment, which both gateways inherit. */
function fromEnvironment({ channels = {} }: Config, env: Env): Secret[] {
  return Object.entries(fallbacks).flatMap(([channel, [key, variable]]): Secret[] => {
    const settings = (channels as Record<string, { enabled?: boolean; [key: string]: unknown } | undefined>)[channel]
    const value = env[variable]
    if (!settings || settings.enabled === false || settings[key] !== undefined || value === undefined) return []
    return [{ path: `channels.${channel}.${key} (${variable})`, value }]
  })
}
