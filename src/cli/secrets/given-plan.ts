import { toValue } from '../../config/json5/node.js'
import { parseJson5 } from '../../config/json5/parse.js'
import { formatPath, parsePath } from '../../config/path.js'
import { isTree, type Tree } from '../../config/tree.js'
import type { Candidate } from '../../secrets/plan/candidates.js'
import { typeOfPath } from '../../secrets/plan/targets.js'
import type { Translate } from '../messages.js'
import { usageError } from '../usage.js'
import type { ConfigureOptions, PlanDraft } from './types.js'

/** The plan that options say: providers as JSON5, references as `source:provider:id` by path. Throws `usage`. */
export function givenPlan(t: Translate, candidates: readonly Candidate[], options: ConfigureOptions): PlanDraft {
  const { setProviders, setRefs, providersOnly, skipProviderSetup } = options
  const providerUpserts = skipProviderSetup ? {} : treeOf(t, '--set-providers', setProviders)
  const refs = providersOnly ? {} : treeOf(t, '--set-refs', setRefs)
  const targets = Object.entries(refs).map(([path, value]) => ({
    ...targetOf(t, path, candidates),
    ref: typeof value === 'string' ? pointerIn(t, value) : value,
  }))
  return { providerUpserts, targets }
}

function treeOf(t: Translate, option: string, text: string | undefined): Tree {
  if (text === undefined) return {}
  try {
    const value = toValue(parseJson5(text))
    if (isTree(value)) return value
  } catch {
    // Said below.
  }
  throw usageError(t('secrets.configure.notObject', { option }))
}

/** A field need not hold a text yet: a reference may be its first value. */
function targetOf(t: Translate, text: string, candidates: readonly Candidate[]): Candidate {
  const path = parsePath(text) ?? []
  const key = formatPath(path)
  const known = candidates.find((one) => one.path === key || one.path === text)
  if (known) return known
  const type = typeOfPath(path)
  if (type === undefined) throw usageError(t('secrets.configure.noSuchField', { path: text }))
  return { type, path: key, pathSegments: path.map(String) }
}

function pointerIn(t: Translate, text: string): object {
  const [, source, provider, id] = /^(env|file|exec|store):([^:]+):(.+)$/.exec(text) ?? []
  if (source === undefined) throw usageError(t('secrets.configure.notReference', { text }))
  return { source, provider, id }
}
