import { heldMessages } from '../../agents/context/held.js'
import type { TranscriptBody } from '../../storage/types.js'
import type { SessionsContext } from '../context.js'

export interface Fork {
  readonly fromKey: string
  /** The turn that asks: of it only what was asked is copied, for it is half done. */
  readonly fromRunId: string
  readonly toKey: string
  readonly agent: string
  /** Of the copied entries. */
  readonly runId: string
}

/** Copies what the model sees of a conversation into a session that is new. Gives the number of messages. */
export async function forkConversation(context: SessionsContext, fork: Fork): Promise<number> {
  const { transcripts } = context.store
  const { fromKey, fromRunId, toKey: sessionKey, agent, runId } = fork
  const entries = (await transcripts.current(fromKey)).filter(
    (entry) => entry.runId !== fromRunId || (entry.body.kind === 'message' && entry.body.message.role === 'user'),
  )
  const bodies: TranscriptBody[] = heldMessages(entries).map((message) => ({ kind: 'message', message }))
  if (bodies.length > 0) await transcripts.append({ sessionKey, agent, runId, at: context.now(), bodies })
  return bodies.length
}
