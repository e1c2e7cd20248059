import type { ChatKind, ChatPlace } from '../agents/caller.js'
import type { Config } from '../config/types.js'
import type { Clock } from '../kernel/clock.js'
import type { Logger } from '../kernel/logger.js'

export type { ChatKind }
export type Place = ChatPlace

export interface Sender {
  /** As allow lists spell it, in its one form (`normaliseId`). */
  readonly id: string
  readonly name?: string
  readonly username?: string
  readonly e164?: string
  /** Roles on a server; bindings and lists may name them. */
  readonly roles?: readonly string[]
  readonly bot?: boolean
}

export interface InboundMedia {
  readonly kind: 'image' | 'audio' | 'video' | 'document' | 'sticker'
  readonly name?: string
  readonly mime?: string
  /** As the platform says; checked again while it is read. */
  readonly bytes?: number
  /** What `fetchMedia` needs to get it, also after a restart. */
  readonly ref: string
}

/** One message of a person, in the words of every channel. Plain data: it is kept on disk until it is answered. */
export interface Inbound {
  /** Unique within the account. The same message has the same id whenever it comes. */
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly place: Place
  readonly sender: Sender
  readonly text: string
  readonly media?: readonly InboundMedia[]
  readonly replyTo?: { readonly id: string; readonly text?: string; readonly sender?: string }
  /** Said to the bot: a native mention, or an answer to what it said. Text patterns are looked for elsewhere. */
  readonly mentioned?: boolean
  /** Written by the owner of the account to himself. */
  readonly self?: boolean
  /** Said by somebody else, and handed on: there are no commands in it. */
  readonly forwarded?: true
}

/** What of a message its sender has said himself: commands are read in this alone. */
export const ownWords = ({ text, forwarded }: Pick<Inbound, 'text' | 'forwarded'>) => (forwarded ? '' : text)

export interface OutboundMedia {
  readonly kind: 'image' | 'audio' | 'video' | 'document'
  readonly name: string
  readonly mime: string
  /** A file that was checked before. */
  readonly path: string
  readonly voice?: boolean
}

/** One message to a place: it fits the limits of the channel. */
export interface Outbound {
  /** Markdown as models write it; the channel turns it into what its platform shows. */
  readonly text: string
  readonly media?: readonly OutboundMedia[]
  /** The message that is quoted. */
  readonly replyTo?: string
  readonly silent?: boolean
  /** Its words go out without the files when the platform refuses those. */
  readonly textAnyway?: boolean
  /** The same for each try of one message: platforms that can, show it once. */
  readonly key: string
}

/** A question with answers to choose from, as the platform itself shows it. */
export interface Poll {
  readonly question: string
  readonly options: readonly string[]
  /** How many may be chosen. Platforms that know only one or any take more than one as any. */
  readonly maxSelections: number
  /** It ends by itself after that. */
  readonly seconds?: number
  readonly anonymous?: boolean
  readonly silent?: boolean
  /** As of an `Outbound`. */
  readonly key: string
}

/** What a platform takes as a poll. */
export interface PollLimits {
  readonly options: number
  /** Characters of the question, and of each option. */
  readonly question: number
  readonly option: number
  /** Shortest and longest time it may last, in seconds; absent: polls do not end by themselves. */
  readonly seconds?: readonly [number, number]
  /** Whether votes are anonymous may be said. */
  readonly anonymous?: true
}

/**
 * What a chat shows of an answer while it is written: nothing, all so far, whole paragraphs, or which tools run
 * (`channels.<id>.streaming`).
 */
export type Growth = 'off' | 'partial' | 'block' | 'progress'

export interface Capabilities {
  /** Longest message, counted as the platform counts. */
  readonly textLimit: number
  /** `visible`: markup does not count (Telegram). `raw`: every character of the markdown does. */
  readonly counts: 'visible' | 'raw'
  /** Messages can be changed after they were sent. */
  readonly edits?: boolean
  /** Messages of the bot can be taken back. */
  readonly deletes?: boolean
  /** Milliseconds between two changes of one message that a platform takes for long. Without it no answer grows. */
  readonly editMs?: number
  /** How answers grow when the config does not say. Default: they do not. */
  readonly growth?: Growth
  /**
   * Answers in blocks: so many characters are said together when the config does not say; `byDefault`: also when only
   * `agents.defaults.blockStreamingDefault` asks for them.
   */
  readonly blocks?: { readonly together?: number; readonly byDefault?: true }
  readonly media?: boolean
  /** Longest text that goes in one request with a file. Absent: the words are a message of their own. */
  readonly captions?: number
  readonly polls?: PollLimits
  /** Messages can be pinned; `list`: and those that are can be listed. */
  readonly pins?: 'set' | 'list'
  /** What was said in a place can be read. */
  readonly reads?: boolean
  readonly typing?: boolean
  readonly reactions?: boolean
  readonly threads?: boolean
  /**
   * Milliseconds that the next message of a person is waited for when the config does not say; longer after a text of
   * `pasteChars`, which the app may have cut.
   */
  readonly burst?: { readonly quietMs: number; readonly pasteChars: number; readonly pasteMs: number }
  /** Who is in a group can be asked. */
  readonly members?: boolean
  /** Milliseconds in which a second try with the same key is not shown twice. */
  readonly idempotentMs?: number
  /** Milliseconds after which the typing sign has to be sent again. */
  readonly typingMs?: number
}

/** What a connection failed with. `auth`: no try helps until somebody acts. `conflict`: another process has the account. */
export type FailureKind = 'auth' | 'conflict' | 'network' | 'rate_limit' | 'refused' | 'ambiguous'

/** What goes wrong on the way to a platform. The message is for people and holds no secret. */
export class ChannelFailure extends Error {
  readonly kind: FailureKind
  readonly retryAfterMs: number | undefined

  constructor(kind: FailureKind, message: string, retryAfterMs?: number) {
    super(message)
    this.kind = kind
    this.retryAfterMs = retryAfterMs
  }
}

/** The keys of one account: those of its channel with its own over them. Secrets are plain text here. */
export interface Account {
  readonly channel: string
  readonly id: string
  readonly keys: Readonly<Record<string, unknown>>
  /** `channels.<channel>.accounts.<id>`, or of the section itself. */
  readonly path: string
}

/** What a connection is given. */
export interface Host {
  readonly profile: string
  readonly config: () => Config
  readonly log: Logger
  readonly clock: Clock
  /** For a webhook when the config names no port: that of this profile. Undefined: there is none. */
  readonly webhookPort: number | undefined
  /** Takes a message in. Resolves when it is on disk: only then may the platform be told that it arrived. */
  receive(message: Inbound): Promise<void>
  /** A group has another id now. Never rejects. */
  moved(from: string, to: string): Promise<void>
  /** Small things to remember over a restart, of this account alone. */
  readonly memory: {
    get(key: string): Promise<string | undefined>
    set(key: string, value: string): Promise<void>
  }
  /** Chat commands for a menu of the platform, most used first. */
  menu(): readonly { readonly command: string; readonly description: string }[]
  /** For logins; of this account alone, 0700. Made when it is asked for. */
  folder(): Promise<string>
  /** It hears from the platform now: called at the start, and whenever something proves it. */
  alive(facts?: { readonly identity?: string; readonly mode?: 'polling' | 'webhook' }): void
  /** It cannot begin before somebody acts, and waits for that: what has to be done, in words. */
  waiting(reason: string): void
}

export interface Probed {
  readonly ok: boolean
  /** Who the account is there, e.g. `@my_bot`. */
  readonly identity?: string
  readonly error?: string
}

export interface LoginWish {
  /** A login that stands is given up for a new one. */
  readonly force?: boolean
  /** For a code to type in on the phone of this number, instead of a picture. */
  readonly phone?: string
}

/** Where a login stands. `idle`: there is none, and nobody has asked for one. */
export interface LoginStep {
  readonly state: 'idle' | 'waiting' | 'linked' | 'failed'
  readonly identity?: string
  /** What the QR code to scan has to hold. It changes while a login waits. A secret as long as it is good. */
  readonly qr?: string
  readonly pairingCode?: string
  readonly error?: string
}

/** For accounts whose login is not in the config. */
export interface ChannelLogin {
  step(): LoginStep
  /** Begins one unless it stands, and gives its first code, or where it is when the signal aborts. */
  start(wish: LoginWish, signal: AbortSignal): Promise<LoginStep>
  /** The step after the present one, or the present one when the signal aborts first. */
  next(signal: AbortSignal): Promise<LoginStep>
  /** Gives the login up, there and here. False when there was none. */
  logout(signal: AbortSignal): Promise<boolean>
}

/** Somebody, or somewhere, that a platform lists. */
export interface Listed {
  readonly kind: ChatKind
  readonly id: string
  readonly name?: string
  readonly username?: string
}

/**
 * Whom and what an account can see, as far as its platform tells. Each gives at most about a thousand, and rejects with a
 * `ChannelFailure`. `query` is for platforms that search themselves: what is given is looked through again.
 */
export interface Directory {
  self?(signal: AbortSignal): Promise<Listed>
  peers?(query: string | undefined, signal: AbortSignal): Promise<readonly Listed[]>
  groups?(query: string | undefined, signal: AbortSignal): Promise<readonly Listed[]>
  /** Who is in a group or room. */
  members?(group: string, query: string | undefined, signal: AbortSignal): Promise<readonly Listed[]>
}

/** A message as its platform shows it to the bot. */
export interface SeenMessage {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly at?: number
  readonly sender?: { readonly id: string; readonly name?: string }
  readonly text: string
}

/** Which messages of a place are read: the newest, or those next to one of them. */
export interface ReadWish {
  readonly limit: number
  readonly before?: string
  readonly after?: string
}

/** One account, as long as it is wanted. */
export interface Connection {
  /** Connects and hands in what comes. Resolves when the signal aborts, rejects with a `ChannelFailure` when it cannot go on. */
  run(signal: AbortSignal): Promise<void>
  /** Sends one message and gives its id. Rejects with a `ChannelFailure`. */
  send(place: Place, message: Outbound, signal: AbortSignal): Promise<{ readonly id: string }>
  edit?(place: Place, id: string, text: string, signal: AbortSignal): Promise<void>
  remove?(place: Place, id: string, signal: AbortSignal): Promise<void>
  /** What was said there was read by somebody who answers. */
  seen?(place: Place, signal: AbortSignal): Promise<void>
  typing?(place: Place, signal: AbortSignal): Promise<void>
  /** Nobody writes any more. */
  idle?(place: Place, signal: AbortSignal): Promise<void>
  /** An empty emoji takes away what the bot has set. */
  react?(place: Place, id: string, emoji: string, signal: AbortSignal): Promise<void>
  /** Takes one reaction away, where a bot may have several on a message. */
  unreact?(place: Place, id: string, emoji: string, signal: AbortSignal): Promise<void>
  /** Keeps a message in view of its place, and lets it go. */
  pin?(place: Place, id: string, signal: AbortSignal): Promise<void>
  unpin?(place: Place, id: string, signal: AbortSignal): Promise<void>
  /** Those that are kept in view, as far as the platform shows them to bots. */
  pins?(place: Place, signal: AbortSignal): Promise<readonly SeenMessage[]>
  /** What was said in a place, the oldest first. */
  read?(place: Place, wish: ReadWish, signal: AbortSignal): Promise<readonly SeenMessage[]>
  /** Asks something that is within the limits. Gives the id of the message, and of the poll where it has one. */
  poll?(place: Place, poll: Poll, signal: AbortSignal): Promise<{ readonly id: string; readonly pollId?: string }>
  /** Reads at most `maxBytes`; rejects when there is more. */
  fetchMedia?(media: InboundMedia, maxBytes: number, signal: AbortSignal): Promise<Uint8Array>
  /** Asks the platform who the account is. Never rejects. */
  probe(signal: AbortSignal): Promise<Probed>
  readonly login?: ChannelLogin
  readonly directory?: Directory
  /** Frees what it holds besides `run`. */
  close?(): Promise<void>
}

/** The default export of src/channels/<id>/index.ts; nothing else lists a channel. */
export interface Channel {
  readonly label: string
  readonly capabilities: Capabilities
  /** Keys of which one set makes an account complete. An empty set: its login is not in the config. */
  readonly needs: readonly (readonly string[])[]
  /** What a place is by its id alone, where ids tell: Telegram's groups are negative. Default: a person. */
  kindOf?(id: string): ChatKind
  /** The credential that only one process may use at a time; undefined for none. `folder`: as `Host.folder` gives it. */
  credential?(account: Account, folder: string): string | undefined
  /** An entry of an allow list in its one form; undefined for what can match nobody. */
  normaliseId(text: string): string | undefined
  open(account: Account, host: Host): Promise<Connection> | Connection
}

/** Checks a channel against its own type. */
export function defineChannel(channel: Channel): Channel {
  return channel
}

/** One name for a place within an account, for queues and keys. */
export function placeKey({ kind, id, thread }: Place): string {
  return thread === undefined ? `${kind}:${id}` : `${kind}:${id}:${thread}`
}
