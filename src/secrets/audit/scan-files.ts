import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseEnv } from 'node:util'
import { isTree, type Tree } from '../../config/tree.js'
import { keyOf, pointerOf, variableIn } from '../pointer.js'
import type { Reference, SecretPointer } from '../types.js'
import { isCredentialHeader, isPlaceholder } from './placeholder.js'
import { type AuditFinding, type Scanned, warn } from './types.js'

const maxBytes = 5 * 1024 * 1024

/** Variables of model providers in the `.env` files beside the state and the config. */
export async function scanDotenv(
  state: string,
  config: string,
  credentialNames: ReadonlySet<string>,
): Promise<Scanned> {
  const paths = [...new Set([join(state, '.env'), join(dirname(config), '.env')])]
  const files: string[] = []
  const findings: AuditFinding[] = []
  for (const file of paths) {
    const text = await textOf(file)
    if (text === undefined) continue
    files.push(file)
    for (const [name, value] of Object.entries(parseEnv(text))) {
      if (!credentialNames.has(name) || !value) continue
      const code = isPlaceholder(value) ? 'PLACEHOLDER_VALUE' : 'PLAINTEXT_FOUND'
      findings.push(warn(code, file, `$env.${name}`, 'A credential stands here as text.'))
    }
  }
  return { files, findings }
}

export interface AccountsScanned extends Scanned {
  readonly references: readonly (Reference & { readonly file: string })[]
  /** Providers for which an agent has an account of its own: it is used in place of the config's key. */
  readonly providers: ReadonlyMap<string, string>
}

/** The accounts of agents: `auth-profiles.json` and the older `auth.json`. */
export async function scanAccounts(agentDirs: readonly string[]): Promise<AccountsScanned> {
  const files: string[] = []
  const findings: AuditFinding[] = []
  const references: (Reference & { file: string })[] = []
  const providers = new Map<string, string>()
  for (const dir of agentDirs) {
    const file = join(dir, 'auth-profiles.json')
    const store = await jsonOf(file)
    if (store) {
      files.push(file)
      for (const [id, profile] of Object.entries(isTree(store.profiles) ? store.profiles : {})) {
        if (!isTree(profile)) continue
        const provider = typeof profile.provider === 'string' ? profile.provider : (id.split(':')[0] ?? id)
        providers.set(provider, file)
        findings.push(...judgeProfile(file, id, provider, profile))
        references.push(...referencesOf(file, id, profile))
      }
    }
    const legacy = join(dir, 'auth.json')
    if (await jsonOf(legacy)) {
      files.push(legacy)
      findings.push(
        warn('LEGACY_RESIDUE', legacy, '<root>', 'An older file of accounts, not read any more. Remove it.'),
      )
    }
  }
  return { files, findings, references, providers }
}

/** OAuth tokens are renewed by the program itself and cannot be kept elsewhere. */
const textFields: Readonly<Record<string, readonly [text: string, reference: string]>> = {
  api_key: ['key', 'keyRef'],
  token: ['token', 'tokenRef'],
}

function judgeProfile(file: string, id: string, provider: string, profile: Tree): AuditFinding[] {
  const [field = '', refField = ''] = textFields[String(profile.type)] ?? []
  const value = profile[field]
  if (typeof value !== 'string' || value.trim() === '' || variableIn(value)) return []
  const path = `profiles.${id}.${field}`
  if (isPlaceholder(value)) return [warn('PLACEHOLDER_VALUE', file, path, 'This is a placeholder.', provider)]
  if (profile[refField] !== undefined) {
    const message = `The secret stands here as text beside ${refField}, which is used. Remove the text.`
    return [warn('STORE_PLAINTEXT_RESIDUE', file, path, message, provider)]
  }
  return [
    warn('PLAINTEXT_FOUND', file, path, `The secret stands here as text. Refer to it with ${refField}.`, provider),
  ]
}

function referencesOf(file: string, id: string, profile: Tree): (Reference & { file: string })[] {
  const [field = '', refField = ''] = textFields[String(profile.type)] ?? []
  const ref: SecretPointer | undefined = pointerOf(profile[refField]) ?? pointerOf(profile[field])
  if (!ref) return []
  const path = `profiles.${id}.${refField}`
  return [{ path, owner: `account:${id}`, ref, settings: keyOf(ref), structured: false, file }]
}

/** Marks that stand for a key in a generated list of models. */
const marker = /^(?:[A-Z][A-Z0-9_]*|secretref-managed|secretref-env:.*)$/

/** Lists of models that an older version wrote: they hold marks in place of keys, or should. */
export async function scanModelLists(agentDirs: readonly string[]): Promise<Scanned> {
  const files: string[] = []
  const findings: AuditFinding[] = []
  for (const dir of agentDirs) {
    const file = join(dir, 'models.json')
    const list = await jsonOf(file)
    if (!list) continue
    files.push(file)
    for (const [id, provider] of Object.entries(isTree(list.providers) ? list.providers : {})) {
      if (!isTree(provider)) continue
      const plain = (value: unknown) =>
        typeof value === 'string' && value !== '' && !marker.test(value) && !variableIn(value)
      const message = 'The secret stands here as text. Remove the file; the gateway does not need it.'
      if (plain(provider.apiKey)) findings.push(warn('PLAINTEXT_FOUND', file, `providers.${id}.apiKey`, message, id))
      for (const [name, value] of Object.entries(isTree(provider.headers) ? provider.headers : {})) {
        if (isCredentialHeader(name) && plain(value))
          findings.push(warn('PLAINTEXT_FOUND', file, `providers.${id}.headers.${name}`, message, id))
      }
    }
  }
  return { files, findings }
}

/** Copies of the config that keep what the config itself no longer holds as text. */
export async function scanBackups(config: string, known: readonly string[]): Promise<Scanned> {
  const files: string[] = []
  const findings: AuditFinding[] = []
  const values = known.filter((value) => value.length >= 6)
  for (const file of await backupsOf(config)) {
    const text = await textOf(file)
    if (text === undefined) continue
    files.push(file)
    if (!values.some((value) => text.includes(value) || text.includes(JSON.stringify(value).slice(1, -1)))) continue
    const message = 'This copy of the config still holds a secret that is referred to by now. Remove the file.'
    findings.push(warn('LEGACY_RESIDUE', file, '<root>', message))
  }
  return { files, findings }
}

/** `.bak`, `.last-good`, `.rejected.…` of a config. */
export async function backupsOf(config: string): Promise<string[]> {
  const folder = dirname(config)
  const names = await readdir(folder).catch(() => [])
  const base = config.slice(folder.length + 1)
  const copy = /^\.(?:bak(?:\.\d)?|last-good|rejected\..+)$/
  return names
    .filter((name) => name.startsWith(base) && copy.test(name.slice(base.length)))
    .map((name) => join(folder, name))
}

async function jsonOf(file: string): Promise<Tree | undefined> {
  const text = await textOf(file)
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isTree(value) ? value : undefined
  } catch {
    return undefined
  }
}

async function textOf(file: string): Promise<string | undefined> {
  const size = await stat(file).then(
    (found) => (found.isFile() ? found.size : undefined),
    () => undefined,
  )
  if (size === undefined || size > maxBytes) return undefined
  return readFile(file, 'utf8').catch(() => undefined)
}
