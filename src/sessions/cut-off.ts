import type { ContentPart } from '../../schemas/message.js'
import type { RunRow, TranscriptStore } from '../storage/types.js'

/** What cannot be answered is put aside after so many starts. */
export const maxAttempts = 3
/** Entries of a session that are looked through for what a run has done. */
const lookBack = 200

/** The gateway ended in the middle of this run: by a crash, or in order. */
export const wasCutOff = (run: RunRow | undefined): boolean =>
  run?.status === 'interrupted' || run?.error === 'draining'

/**
 * What is said in place of a message whose run was cut off: the message itself when nothing of it was begun, else that
 * the model is to go on. What was done is not done again by us: the model sees it, and decides.
 */
export async function takenUp(
  transcripts: Pick<TranscriptStore, 'tail'>,
  { sessionKey, id }: Pick<RunRow, 'sessionKey' | 'id'>,
  parts: readonly ContentPart[],
  words: string,
): Promise<readonly ContentPart[]> {
  const entries = await transcripts.tail(sessionKey, lookBack)
  const begun = entries.some(({ runId }) => runId === id)
  if (!begun) return parts
  const text = `[This is a message of the gateway, not of your user. ${words} What you had done stands above; nothing was done again. Go on from there, and answer.]`
  return [{ type: 'text', text }]
}
