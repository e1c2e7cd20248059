import { withoutPrefixes } from '../_access/prefixes.js'

/** A member's open id (`ou_…`), or that of a chat (`oc_…`), which lists of groups hold. */
export function normaliseFeishu(text: string): string | undefined {
  const id = withoutPrefixes(text, ['feishu', 'lark', 'user', 'dm', 'open_id', 'chat', 'group'])
  return /^o[uc]_[A-Za-z0-9]{3,64}$/.test(id) ? id : undefined
}
