import type { PlaceFacts, SenderFacts } from '../tools/_policy/types.js'

/** The door that a turn came through; `agent`: another turn of this gateway began it. */
export type RunOrigin = 'http' | 'ws' | 'channel' | 'cron' | 'heartbeat' | 'hook' | 'node' | 'agent'

/** `direct`: one person. `group`: several who know each other. `channel`: a room of a server. */
export type ChatKind = 'direct' | 'group' | 'channel'

/** Where something is said. Ids are the platform's own, in its own case. */
export interface ChatPlace {
  readonly kind: ChatKind
  readonly id: string
  /** A topic or thread of it. */
  readonly thread?: string
  /** The server or team that a room belongs to; bindings may name it. */
  readonly guild?: string
}

/** A chat of an account: where answers of a turn go. */
export interface ChatFacts {
  readonly channel: string
  readonly account: string
  readonly place: ChatPlace
}

/** On whose behalf a turn runs. Only the server says it; nothing here comes from a model or a message. */
export interface RunCaller {
  /** Holds `operator.admin`, or is named an owner of the gateway. */
  readonly owner: boolean
  /** Whom its costs are counted for: `api`, `user:<name>`, `device:<id>`, `<channel>:<sender>`. */
  readonly name?: string
  /** The job that asked for it, in place of a caller. */
  readonly job?: string
  /** May answer approvals; an owner may anyway. */
  readonly approves?: boolean
  /** Who wrote the message, in a channel. */
  readonly sender?: SenderFacts
  /** The account of the channel that the message came through. */
  readonly account?: string
  /** Somebody can be asked to approve a command where the message came from. */
  readonly answerable?: boolean
  /** The group whose rules hold where its session belongs to none: that of the turn that began it. */
  readonly place?: PlaceFacts
  /** Where the message was written. Others may have spoken to its session since. */
  readonly chat?: ChatFacts
}

/** The same for a turn in another session: what it says is not for that chat. */
export function withoutChat({ chat: _chat, ...caller }: RunCaller): RunCaller {
  return caller
}
