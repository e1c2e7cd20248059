import { formatPath } from '../../config/path.js'
import type { Scope, ScopeRules } from './scope.js'
import type { SenderFacts } from './types.js'

type SenderRules = Readonly<Record<string, ScopeRules>>

/**
 * The one entry of `toolsBySender` that speaks of this sender, the most specific: `channel:<channel>:<id>`, `id:`,
 * `e164:`, `username:`, `name:`, `*` (spec/runtime.md 1.2). A key without a kind is an id. Names can be chosen freely
 * by their bearers: rules that let more through should go by id.
 */
export function senderScope(
  bySender: SenderRules | undefined,
  sender: SenderFacts | undefined,
  path: readonly string[],
): Scope | undefined {
  const keys = Object.keys(bySender ?? {})
  for (const wanted of spellings(sender)) {
    const key = keys.find((written) => plain(written) === wanted)
    if (key !== undefined) return { key: formatPath([...path, key]), rules: bySender?.[key] }
  }
  return undefined
}

function spellings(sender: SenderFacts | undefined): string[] {
  if (!sender) return ['*']
  const { channel, id, e164, username, name } = sender
  const known = [
    `channel:${channel}:${id}`,
    `id:${id}`,
    id,
    e164 && `e164:${e164}`,
    username && `username:${username}`,
    name && `name:${name}`,
  ]
  return [...known.flatMap((text) => (text ? [plain(text)] : [])), '*']
}

const plain = (text: string) =>
  text
    .trim()
    .toLowerCase()
    .replace(/^username:@/, 'username:')
