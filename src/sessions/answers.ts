import { addUsage } from '../models/add-usage.js'
import type { RunRow, TranscriptEntry } from '../storage/types.js'
import type { SessionsContext } from './context.js'
import { type ChatUsage, chatMessage, chatUsage } from './messages.js'
import { type RunOutcome, runOutcome } from './run-outcome.js'

/** Entries of a session that are looked through for the answer of a run. */
const lookBack = 200

/** What a run brought, as it is found in the transcript. */
export interface RunAnswer {
  readonly outcome: RunOutcome
  readonly sessionId: string | undefined
  /** `<provider>/<model>`; empty for a run that never began. */
  readonly model: string
  /** What the model said, also before it was broken off. */
  readonly text: string
  readonly stopReason: string | undefined
  readonly usage: ChatUsage | undefined
}

/** The answer of a run that has ended, from what is on disk. Undefined while it has not. */
export async function readAnswer(context: SessionsContext, run: RunRow): Promise<RunAnswer | undefined> {
  const outcome = runOutcome(run)
  if (!outcome) return undefined
  const row = await context.store.sessions.get(run.sessionKey)
  const entries = row ? await context.store.transcripts.tail(run.sessionKey, lookBack) : []
  const answering = run.joined ?? run.id
  const answers = entries.filter(
    ({ runId, body }) => runId === answering && body.kind === 'message' && body.message.role === 'assistant',
  )
  const said = answers.at(-1)
  const message = said && chatMessage(row?.id ?? '', said, { maxChars: Number.POSITIVE_INFINITY })
  return {
    outcome,
    sessionId: row?.id,
    model: run.model,
    text: (message?.content ?? []).map((part) => part.text ?? '').join(''),
    stopReason: message?.stopReason,
    usage: usageOf(answers),
  }
}

/** What the model calls of a turn spent together. */
function usageOf(answers: readonly TranscriptEntry[]): ChatUsage | undefined {
  const usages = answers.flatMap(({ body }) => (body.kind === 'message' && body.by?.usage ? [body.by.usage] : []))
  const [first, ...more] = usages
  return first && chatUsage(more.reduce(addUsage, first))
}
