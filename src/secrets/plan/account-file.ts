import { readFile } from 'node:fs/promises'
import { isTree, type Tree } from '../../config/tree.js'
import { GatewayError } from '../../kernel/errors.js'
import type { AccountTarget } from './read-plan.js'

/** The accounts of one agent as a plan changes them. */
export interface AccountFile {
  readonly path: string
  readonly text: string
  readonly changed: boolean
  readonly changes: readonly string[]
  /** Secrets that no longer stand there. */
  readonly texts: readonly string[]
}

/** Throws `not_found` when there is no such account, and `invalid_request` when it is of another kind. */
export async function openAccountFile(path: string, targets: readonly AccountTarget[]): Promise<AccountFile> {
  const before = await readFile(path, 'utf8').catch(() => undefined)
  const store = parse(before)
  const profiles = isTree(store?.profiles) ? store.profiles : undefined
  if (!store || !profiles) throw missing(path)
  const texts: string[] = []
  const changes: string[] = []
  for (const { profile: id, fields, ref } of targets) {
    const profile = Object.hasOwn(profiles, id) ? profiles[id] : undefined
    if (!isTree(profile)) throw missing(`profiles.${id} of ${path}`)
    const [text, reference] = fields
    const kind = text === 'key' ? 'api_key' : 'token'
    if (profile.type !== kind) {
      throw new GatewayError('invalid_request', {
        message: `profiles.${id} of ${path} is of type "${String(profile.type)}", not "${kind}". Nothing was changed.`,
      })
    }
    if (typeof profile[text] === 'string') texts.push(profile[text])
    delete profile[text]
    profile[reference] = ref
    changes.push(`${path}: profiles.${id}.${reference}`)
  }
  const text = `${JSON.stringify(store, null, 2)}\n`
  return { path, text, changed: text !== before, changes, texts }
}

function parse(text: string | undefined): Tree | undefined {
  try {
    const value: unknown = text === undefined ? undefined : JSON.parse(text)
    return isTree(value) ? value : undefined
  } catch {
    return undefined
  }
}

const missing = (what: string) =>
  new GatewayError('not_found', { message: `There are no accounts at ${what}. Nothing was changed.` })
