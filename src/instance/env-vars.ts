import type { TSchema } from '@sinclair/typebox'
import type { EnvName, EnvVariables } from '../../schemas/env.js'
import { readListed } from './env-errors.js'
import type { Env } from './types.js'
import { setValue } from './unset.js'

type IsText<T> = string extends T ? true : false
type ParsedName = { [K in EnvName]-?: IsText<NonNullable<EnvVariables[K]>> extends true ? never : K }[EnvName]
type TextName = Exclude<EnvName, ParsedName>

/**
 * The variables that are more than text. Only when one of them is set are the schema and `env-schema` loaded: together
 * they cost as much as starting Node (measured: 50 ms and 60 ms), and most starts set paths, ports and secrets only.
 * The compiler checks that no name is missing here.
 */
const parsedNames: Record<ParsedName, true> = {
  OPENCLAW_GATEWAY_BIND: true,
  OPENCLAW_ALLOW_MULTI_GATEWAY: true,
  OPENCLAW_ALLOW_INSECURE_PRIVATE_WS: true,
  OPENCLAW_HANDSHAKE_TIMEOUT_MS: true,
  OPENCLAW_CONFIG_READONLY: true,
  OPENCLAW_NIX_MODE: true,
  OPENCLAW_INCLUDE_ROOTS: true,
  OPENCLAW_LOAD_SHELL_ENV: true,
  OPENCLAW_LOG_LEVEL: true,
  OPENCLAW_DEBUG: true,
}

const yes = new Set(['1', 'true', 'yes', 'on'])
const no = new Set(['0', 'false', 'no', 'off'])

/** Value of a variable that is plain text; undefined when it is not set. */
export function textVariable(env: Env, name: TextName): string | undefined {
  return setValue(env, name)
}

/** The other variables by their schema. A value that does not fit is ignored with a notice that says what would. */
export async function parseVariables(env: Env, notices: string[]): Promise<Pick<EnvVariables, ParsedName>> {
  const data: Record<string, string> = {}
  for (const name of Object.keys(parsedNames)) {
    const value = setValue(env, name)
    if (value !== undefined) data[name] = value.trim()
  }
  if (Object.keys(data).length === 0) return {}
  const [{ envSchema }, { envSchema: parse }] = await Promise.all([
    import('../../schemas/env.js'),
    import('env-schema'),
  ])
  const properties: Readonly<Record<string, TSchema>> = envSchema.properties
  for (const [name, value] of Object.entries(data)) {
    if (properties[name]?.type === 'boolean') data[name] = asBoolean(value)
  }
  // env-schema writes into the schema that it is given.
  const run = () => parse<EnvVariables>({ schema: { ...envSchema }, data: { ...data }, env: false })
  try {
    return run()
  } catch (error) {
    for (const { name, message } of readListed(error)) {
      if (name in data) notices.push(`Ignored ${name}: its value ${message}.`)
      delete data[name]
    }
    return run()
  }
}

function asBoolean(value: string): string {
  const word = value.toLowerCase()
  if (yes.has(word)) return 'true'
  return no.has(word) ? 'false' : value
}
