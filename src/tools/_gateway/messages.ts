/** Where a message goes; the place of the conversation when nothing is named. */
export interface MessageTarget {
  readonly channel?: string | undefined
  readonly accountId?: string | undefined
  readonly target?: string | undefined
  readonly threadId?: string | undefined
}

export interface MessageDraft extends MessageTarget {
  readonly message: string
  readonly media?: { readonly name: string; readonly bytes: Uint8Array } | undefined
  readonly replyTo?: string | undefined
  readonly silent?: boolean | undefined
}

export interface PollDraft extends MessageTarget {
  readonly question: string
  readonly options: readonly string[]
  readonly multiple?: boolean | undefined
  readonly seconds?: number | undefined
}

export interface MessagePlace {
  readonly channel: string
  readonly accountId: string
  /** `direct:42` */
  readonly target: string
}

/** Chats, as far as one turn may write to them. */
export interface GatewayMessages {
  /** Where a message would go. Throws in words for the model. */
  place(target: MessageTarget): Promise<MessagePlace>
  /** Sends it, once for each `key`, and gives its id on the platform. */
  send(draft: MessageDraft, key: string, signal: AbortSignal): Promise<MessagePlace & { readonly messageId: string }>
  /** Asks it, once for each `key` where the platform can, and gives the id of its message. */
  poll(draft: PollDraft, key: string, signal: AbortSignal): Promise<MessagePlace & { readonly messageId: string }>
  react(target: MessageTarget, messageId: string, emoji: string, signal: AbortSignal): Promise<MessagePlace>
  edit(target: MessageTarget, messageId: string, text: string, signal: AbortSignal): Promise<MessagePlace>
  remove(target: MessageTarget, messageId: string, signal: AbortSignal): Promise<MessagePlace>
}
