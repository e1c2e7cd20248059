import { readSecret, type SecretValue } from '../../models/credentials.js'

/** The values at `path` of a parsed answer, when there is a list. */
export function listAt(body: unknown, ...path: readonly string[]): readonly unknown[] {
  let value = body
  for (const key of path) value = isObject(value) ? value[key] : undefined
  return Array.isArray(value) ? value : []
}

/** Text without tags and runs of spaces; empty when there is none. */
export function textIn(value: unknown, key: string): string {
  const text = isObject(value) ? value[key] : undefined
  if (typeof text !== 'string') return ''
  return text
    .replace(/<\/?[a-z][^>]{0,100}>/gi, '')
    .replace(/\s+/g, ' ')
    .trim()
}

/** A key from the config or, when that has none, from the environment. One that cannot be read is missing. */
export function keyFrom(
  env: Readonly<Record<string, string | undefined>>,
  variable: string,
  ...configured: readonly (SecretValue | undefined)[]
): string | undefined {
  const value = configured.find((one) => one !== undefined && one !== '')
  if (value === undefined) return env[variable]?.trim() || undefined
  try {
    return readSecret(value, 'tools.web.search.apiKey', env).trim() || undefined
  } catch {
    return undefined
  }
}

/** An address of an API; `own` when the operator wrote it. Undefined when it is no URL. */
export function baseOf(written: string | undefined, standard?: string): { base: string; own?: string } | undefined {
  const text = written?.trim() || undefined
  const url = text ?? standard
  if (url === undefined || !URL.canParse(url)) return undefined
  const base = url.replace(/\/+$/, '')
  return text === undefined ? { base } : { base, own: new URL(text).hostname }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
