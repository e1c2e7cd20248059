/** Names one transcript entry for clients: its transcript and its place there. */
export function entryId(sessionId: string, seq: number): string {
  return `${sessionId}.${seq}`
}

/** Undefined for what cannot be the id of an entry of this transcript. */
export function seqOfEntry(sessionId: string, id: string): number | undefined {
  const seq = id.startsWith(`${sessionId}.`) ? id.slice(sessionId.length + 1) : ''
  return /^\d{1,15}$/.test(seq) ? Number(seq) : undefined
}
