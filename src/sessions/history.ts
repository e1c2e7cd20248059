import type { ChatMessage, PendingInput } from '../../schemas/ws/rows/chat-message.js'
import type { SessionRow as WireRow } from '../../schemas/ws/rows/session.js'
import { GatewayError } from '../kernel/errors.js'
import type { PendingRun, SessionRow } from '../storage/types.js'
import { kindOf, mainSessionKey, type SessionName } from './canonical.js'
import type { SessionsContext } from './context.js'
import { seqOfEntry } from './entry-id.js'
import { type ModelDefaults, modelDefaults } from './list.js'
import { chatMessage } from './messages.js'

const defaultLimit = 200
const defaultMaxBytes = 6 * 1024 * 1024
const defaultMaxChars = 12_000
/** A larger message is shown as a note that it is one. */
const maxMessageBytes = 256 * 1024
const maxPending = 20
const omitted = '[chat.history omitted: message too large]'

export interface HistoryQuery {
  readonly sessionKey: string
  readonly agentId?: string | undefined
  /** An older transcript of the same session. */
  readonly sessionId?: string | undefined
  readonly limit?: number | undefined
  /** Messages to leave out, counted from the newest. */
  readonly offset?: number | undefined
  readonly maxBytes?: number | undefined
  readonly maxChars?: number | undefined
}

export interface History {
  readonly sessionKey: string
  readonly sessionId?: string
  readonly messages: ChatMessage[]
  readonly pendingInputs: { readonly items: PendingInput[]; readonly total: number }
  readonly hasMore: boolean
  readonly nextOffset?: number
  readonly totalMessages: number
  readonly defaults: ModelDefaults
  readonly sessionInfo: WireRow
  readonly thinkingLevel?: string
  readonly inFlightRun?: { readonly runId: string; readonly text: string }
}

/** The newest messages of a session, oldest of them first; older pages by offset. */
export async function readHistory(context: SessionsContext, query: HistoryQuery): Promise<History> {
  const name = context.name(query.sessionKey, query.agentId)
  const row = await context.store.sessions.get(name.key)
  const id = await transcriptOf(context, name, row, query.sessionId)
  const { limit = defaultLimit, offset = 0 } = query
  const page = id === undefined ? nothing : await context.store.transcripts.page(id, { limit, offset })
  const pending = await context.store.runs.pending(name.key, maxPending)
  const messages = fitting(id ?? '', page.entries, query)
  // What is not shown of the page comes with the next one.
  const shown = page.entries.length === 0 ? 0 : messages.kept
  const hasMore = offset + shown < page.total && shown > 0
  const running = context.options.agents.live.of(name.key).find((run) => run.running)
  return {
    sessionKey: name.key,
    ...(id !== undefined && { sessionId: id }),
    messages: messages.list,
    pendingInputs: { items: pending.map((run) => pendingInput(run)), total: pending.length },
    hasMore,
    ...(hasMore && { nextOffset: offset + shown }),
    totalMessages: page.total,
    defaults: modelDefaults(context, name.agent),
    sessionInfo: row ? context.row(row, { titles: true }) : emptyRow(context, name),
    ...(row?.entry.thinkingLevel !== undefined && { thinkingLevel: row.entry.thinkingLevel }),
    ...(running && { inFlightRun: { runId: running.runId, text: running.text } }),
  }
}

/** One message with all that it holds; undefined when there is no such entry. */
export async function readMessage(
  context: SessionsContext,
  query: { readonly sessionKey: string; readonly agentId?: string | undefined; readonly messageId: string },
  maxChars: number,
): Promise<ChatMessage | undefined> {
  const { key } = context.name(query.sessionKey, query.agentId)
  const row = await context.store.sessions.get(key)
  const seq = row && seqOfEntry(row.id, query.messageId)
  if (seq === undefined) return undefined
  const entry = await context.store.transcripts.entry(row?.id ?? '', seq)
  return entry && chatMessage(row?.id ?? '', entry, { maxChars, images: true })
}

const nothing = { entries: [], total: 0 }

async function transcriptOf(
  context: SessionsContext,
  { key }: SessionName,
  row: SessionRow | undefined,
  wanted: string | undefined,
): Promise<string | undefined> {
  if (wanted === undefined || wanted === row?.id) return row?.id
  const past = await context.store.sessions.past(key)
  if (past.some(({ id }) => id === wanted)) return wanted
  throw new GatewayError('invalid_request', {
    message: `The session ${key} has no transcript ${wanted.slice(0, 100)}.`,
  })
}

type Entries = Parameters<typeof chatMessage>[1][]

/** The newest of the entries that the limits of the query let through, at least one of them. */
function fitting(id: string, entries: Entries, { maxBytes, maxChars }: HistoryQuery) {
  const list: ChatMessage[] = []
  const limit = maxBytes ?? defaultMaxBytes
  let bytes = 0
  let kept = 0
  for (const entry of entries.toReversed()) {
    const message = chatMessage(id, entry, { maxChars: maxChars ?? defaultMaxChars })
    if (message) {
      let size = Buffer.byteLength(JSON.stringify(message))
      if (size > Math.min(maxMessageBytes, limit)) {
        message.content = [{ type: 'text', text: omitted }]
        message.__openclaw.truncated = true
        size = Buffer.byteLength(JSON.stringify(message))
      }
      if (bytes + size > limit && list.length > 0) break
      bytes += size
      list.push(message)
    }
    kept += 1
  }
  return { list: list.reverse(), kept }
}

function pendingInput({ id, at, status, input }: PendingRun): PendingInput {
  const entry = { seq: 0, runId: id, at, body: { kind: 'message', message: input } } as const
  const message = chatMessage(`pending:${id}`, entry, { maxChars: defaultMaxChars })
  if (!message) throw new Error('what waits is a message')
  const state = status === 'interrupted' ? 'interrupted' : 'queued'
  return { id, runId: id, message, acceptedAt: at, state }
}

/** A session that nobody has talked in yet. */
function emptyRow(context: SessionsContext, { key, agent }: SessionName): WireRow {
  const { provider, model, contextWindow } = context.modelFacts(agent)
  return {
    key,
    kind: kindOf(key),
    agentId: agent,
    isMain: key === mainSessionKey(context.rules(), agent),
    updatedAt: null,
    hasActiveRun: context.options.agents.live.of(key).length > 0,
    activeLeafEntryId: null,
    modelProvider: provider,
    model,
    ...(contextWindow !== undefined && { contextTokens: contextWindow }),
  }
}
