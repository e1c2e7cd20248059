import { type EnvName, type EnvVariables, envSchema } from '../../schemas/env.js'
import type { TSchema } from '../../schemas/type.js'
import { readListed } from './env-errors.js'
import type { Env } from './types.js'
import { setValue } from './unset.js'

type IsText<T> = string extends T ? true : false
type ParsedName = { [K in EnvName]-?: IsText<NonNullable<EnvVariables[K]>> extends true ? never : K }[EnvName]
type TextName = Exclude<EnvName, ParsedName>

const yes = new Set(['1', 'true', 'yes', 'on'])
const no = new Set(['0', 'false', 'no', 'off'])

/** Value of a variable that is plain text; undefined when it is not set. */
export function textVariable(env: Env, name: TextName): string | undefined {
  return setValue(env, name)
}

/**
 * The other variables by their schema. A value that does not fit is ignored with a notice that says what would.
 * `env-schema` is loaded only when one of them is set: it costs 50 ms, as much as starting Node, and most starts set
 * paths, ports and secrets only.
 */
export async function parseVariables(env: Env, notices: string[]): Promise<Pick<EnvVariables, ParsedName>> {
  const data: Record<string, string> = {}
  for (const [name, schema] of Object.entries<TSchema>(envSchema.properties)) {
    const value = isText(schema) ? undefined : setValue(env, name)?.trim()
    if (value !== undefined) data[name] = schema.type === 'boolean' ? asBoolean(value) : value
  }
  if (Object.keys(data).length === 0) return {}
  const { envSchema: parse } = await import('env-schema')
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

function isText(schema: TSchema): boolean {
  return schema.type === 'string' && !('enum' in schema || 'separator' in schema)
}

function asBoolean(value: string): string {
  const word = value.toLowerCase()
  if (yes.has(word)) return 'true'
  return no.has(word) ? 'false' : value
}
