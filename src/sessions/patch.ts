import { type SessionEntry, sessionSettings } from '../../schemas/session.js'
import type { SessionPatch } from '../../schemas/ws/sessions-patch.js'

const settings = Object.keys(sessionSettings) as (keyof typeof sessionSettings)[]

/** The entry with the changes of a patch: null clears a setting, what is absent stays. */
export function patchedEntry(entry: SessionEntry, patch: SessionPatch, at: number): SessionEntry {
  const next: Record<string, unknown> = { ...entry }
  for (const name of settings) {
    const value = patch[name]
    if (value === null) delete next[name]
    else if (value !== undefined) next[name] = value
  }
  const mark = (name: keyof SessionEntry, set: boolean | undefined, since: number | undefined) => {
    if (set === undefined) return
    if (set) next[name] = since ?? at
    else delete next[name]
  }
  mark('archivedAt', patch.archived, entry.archivedAt)
  mark('pinnedAt', patch.pinned, entry.pinnedAt)
  mark('markedUnreadAt', patch.unread, undefined)
  if (patch.unread === false) next.lastReadAt = at
  return next
}
