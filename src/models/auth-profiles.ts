import type { SecretValue } from './credentials.js'

/** A key of one account at a provider, as an agent's `auth-profiles.json` holds it. */
export interface AuthProfile {
  /** `<provider>:<name>`. */
  readonly id: string
  readonly provider: string
  readonly type: ProfileType
  readonly secret: SecretValue
  /** Milliseconds since the epoch; of tokens that say so. */
  readonly expiresAt?: number
}

export type ProfileType = 'oauth' | 'token' | 'api_key'

export interface AuthProfiles {
  readonly profiles: readonly AuthProfile[]
  /** Ids by provider, those to be used first in front. */
  readonly order: Readonly<Record<string, readonly string[]>>
}

export const noProfiles: AuthProfiles = { profiles: [], order: {} }

type Fields = Readonly<Record<string, unknown>>

const typeOrder: readonly ProfileType[] = ['oauth', 'token', 'api_key']
/** Where each type has its secret; a reference stands before a text beside it. */
const secretFields: Readonly<Record<ProfileType, readonly string[]>> = {
  oauth: ['access'],
  token: ['tokenRef', 'token'],
  api_key: ['keyRef', 'key'],
}

/** Reads the file's text (spec/runtime.md section 3.3). What it does not understand is left out. Throws on anything but JSON. */
export function parseAuthProfiles(text: string): AuthProfiles {
  const file = record(JSON.parse(text))
  const profiles = Object.entries(record(file.profiles)).flatMap(([id, value]) => profileOf(id, record(value)) ?? [])
  const order = Object.entries(record(file.order)).map(([provider, ids]) => [provider, texts(ids)] as const)
  return { profiles, order: Object.fromEntries(order) }
}

/**
 * The accounts of one provider in the order in which they are used: what `order` says, else accounts before tokens before
 * keys, else as they stand. Without a word about one that is left out of `order`: it is not used.
 */
export function profilesFor(
  { profiles, order }: AuthProfiles,
  provider: string,
  configured: readonly string[] | undefined,
): AuthProfile[] {
  const own = profiles.filter((profile) => profile.provider === provider)
  const wanted = order[provider] ?? configured
  if (wanted) return wanted.flatMap((id) => own.find((profile) => profile.id === id) ?? [])
  return own.toSorted((a, b) => typeOrder.indexOf(a.type) - typeOrder.indexOf(b.type))
}

function profileOf(id: string, fields: Fields): AuthProfile | undefined {
  const type = typeOrder.find((known) => known === fields.type)
  const provider = typeof fields.provider === 'string' ? fields.provider : id.split(':')[0]
  if (!type || !provider) return undefined
  const secret = secretFields[type].map((name) => secretOf(fields[name])).find((value) => value !== undefined)
  if (secret === undefined) return undefined
  const { expires } = fields
  return { id, provider, type, secret, ...(typeof expires === 'number' && expires > 0 && { expiresAt: expires }) }
}

function secretOf(value: unknown): SecretValue | undefined {
  if (typeof value === 'string') return value.trim() || undefined
  const { source, provider, id } = record(value)
  if (typeof id !== 'string' || typeof provider !== 'string') return undefined
  return source === 'env' || source === 'file' || source === 'exec' ? { source, provider, id } : undefined
}

function record(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
