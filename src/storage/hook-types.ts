import type { NewOutboxRow } from './channel-types.js'
import type { SystemEvent, SystemEventLimits, WakeMode } from './system-event-types.js'

/** Where the answer of a hook goes. */
export interface HookPlace {
  /** `last`: where the agent was spoken to last. */
  readonly channel: string
  readonly to?: string | undefined
  readonly accountId?: string | undefined
  readonly threadId?: string | undefined
}

/** A turn that a call asks for. */
export interface HookTurn {
  readonly kind: 'agent'
  /** Of the hook, for prompts and summaries. */
  readonly name: string
  /** What the agent is told, marks around what strangers wrote included. */
  readonly text: string
  /** When the main session looks at how it ended. */
  readonly wake: WakeMode
  readonly place?: HookPlace | undefined
  readonly model?: string | undefined
  readonly thinking?: string | undefined
  /** 0: no limit. */
  readonly timeoutMs?: number | undefined
}

/** Words for a session. */
export interface HookWords {
  readonly kind: 'wake'
  readonly text: string
  readonly wake: WakeMode
}

/** A call that was taken. */
export interface HookCallRow {
  /** What the caller was told. */
  readonly id: string
  readonly at: number
  readonly agent: string
  readonly sessionKey: string
  /** Calls of one lane are done one after the other. */
  readonly lane: string
  /** The session was made for this call alone. */
  readonly own: boolean
  readonly request: HookTurn | HookWords
  /** The run that answers it; another one with each try. */
  readonly runId: string
  /** Tries that were cut off. */
  readonly attempts: number
}

/** How repeated calls are recognised. */
export interface HookKey {
  readonly key: string
  /** Of what was asked. */
  readonly fingerprint: string
  /** How long it is known after the call is done. Milliseconds. */
  readonly keepMs: number
}

/** A call whose key was used before. */
export interface KnownHookCall {
  readonly id: string
  readonly fingerprint: string
  readonly request: HookTurn | HookWords
}

export interface HookStore {
  /** An earlier start has left a call. Cheap: asked at each start. */
  awaited(): Promise<boolean>
  /** Takes a call; gives the known one, and changes nothing, when its key is known. */
  take(row: HookCallRow, key?: HookKey): Promise<KnownHookCall | undefined>
  /** Takes a call that is done with words for a session: together or not at all. Gives the known one as `take`. */
  tell(
    row: HookCallRow,
    key: HookKey,
    words: SystemEvent,
    limits: SystemEventLimits,
  ): Promise<KnownHookCall | undefined>
  /** Calls that are not done, oldest first. */
  open(): Promise<Pick<HookCallRow, 'id' | 'lane'>[]>
  get(id: string): Promise<HookCallRow | undefined>
  /** One more try, under another run. */
  retry(id: string, runId: string): Promise<void>
  /** The call is done, and these are its messages and words for sessions: together or not at all. */
  end(
    id: string,
    result: { readonly status: 'ok' | 'error'; readonly at: number },
    told: { readonly messages: readonly NewOutboxRow[]; readonly events: readonly SystemEvent[] },
    limits: SystemEventLimits,
  ): Promise<void>
  /** Sessions that were made for single calls which were done before, oldest first. */
  sessionsBefore(at: number, limit: number): Promise<string[]>
  /** These sessions are gone. */
  forget(sessionKeys: readonly string[]): Promise<void>
}
