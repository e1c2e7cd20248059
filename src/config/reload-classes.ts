import type { Path } from './json5/node.js'
import { formatPath, parsePath } from './path.js'
import { equalDeep, isTree } from './tree.js'

/**
 * What a change of a key asks for.
 * hot: its subsystem is told. restart: the app is rebuilt in the same process. none: it is read at its next use.
 */
export type ReloadClass = 'hot' | 'restart' | 'none'

/**
 * Longest matching prefix wins; what matches nothing needs a restart. Source: the reload table of seed 003, refined by
 * spec/config.md section 2 where the seed is silent.
 */
export const reloadClasses: Readonly<Record<string, ReloadClass>> = {
  gateway: 'restart',
  'gateway.reload': 'none',
  'gateway.remote': 'none',
  discovery: 'restart',
  plugins: 'restart',
  env: 'restart',
  agents: 'none',
  'agents.defaults': 'hot',
  'agents.entries': 'hot',
  models: 'hot',
  auth: 'hot',
  channels: 'hot',
  commands: 'hot',
  hooks: 'hot',
  'hooks.path': 'restart',
  'hooks.maxBodyBytes': 'restart',
  cron: 'hot',
  tools: 'hot',
  browser: 'hot',
  memory: 'hot',
  approvals: 'hot',
  security: 'hot',
  update: 'hot',
  mcp: 'hot',
  acp: 'hot',
  rescue: 'hot',
  accessGroups: 'none',
  bindings: 'none',
  budgets: 'none',
  broadcast: 'none',
  session: 'none',
  messages: 'none',
  skills: 'none',
  secrets: 'none',
  logging: 'none',
  audio: 'none',
  media: 'none',
  talk: 'none',
  tts: 'none',
  ui: 'none',
  nodeHost: 'none',
  meta: 'none',
  wizard: 'none',
  $schema: 'none',
}

export function reloadClassOf(path: string | Path): ReloadClass {
  const steps = typeof path === 'string' ? (parsePath(path) ?? []) : path
  for (let length = steps.length; length > 0; length--) {
    const found = reloadClasses[formatPath(steps.slice(0, length))]
    if (found) return found
  }
  return 'restart'
}

/** Paths of the values that differ. Objects are compared key by key, lists as a whole. */
export function diffConfig(before: unknown, after: unknown): string[] {
  return differences(before, after, []).map(formatPath)
}

export function differences(before: unknown, after: unknown, path: Path): Path[] {
  if (equalDeep(before, after)) return []
  const old = before === undefined && isTree(after) ? {} : before
  const young = after === undefined && isTree(before) ? {} : after
  if (!isTree(old) || !isTree(young)) return [path]
  const keys = [...new Set([...Object.keys(old), ...Object.keys(young)])]
  const inner = keys.flatMap((key) => differences(own(old, key), own(young, key), [...path, key]))
  // An empty object that came or went has no leaf of its own.
  return inner.length > 0 ? inner : [path]
}

const own = (tree: Record<string, unknown>, key: string) => (Object.hasOwn(tree, key) ? tree[key] : undefined)
