/**
 * What a conversation is made of, on the wire to a model and on disk alike. Written here because storage and models
 * both need it and neither may import the other.
 */
export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  /** `data` is base64 without a `data:` prefix. */
  | { readonly type: 'image'; readonly mediaType: string; readonly data: string }

export interface ToolCall {
  readonly id: string
  readonly name: string
  /** JSON text as the model wrote it; it may be malformed. */
  readonly arguments: string
}

/**
 * What a model wants to see again beside its tool calls, in its API's own words: signed thoughts, for the most part.
 * Means nothing to any other model.
 */
export interface Replay {
  /** `<provider>/<model>` that gave it. */
  readonly ref: string
  readonly parts: readonly unknown[]
}

export type ModelMessage =
  | { readonly role: 'system' | 'developer'; readonly content: readonly ContentPart[] }
  | { readonly role: 'user'; readonly content: readonly ContentPart[]; readonly name?: string }
  | {
      readonly role: 'assistant'
      readonly content: readonly ContentPart[]
      readonly toolCalls?: readonly ToolCall[]
      readonly refusal?: string
      readonly replay?: Replay
    }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly content: readonly ContentPart[] }

/** Tokens, counted as OpenAI does: `input` includes `cacheRead` and `cacheWrite`, `output` includes `reasoning`. */
export interface Usage {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  /** Absent where the upstream does not charge for it apart. */
  readonly cacheWrite?: number
  readonly reasoning: number
  /** True when the upstream gave no figures and these are estimated from the text. */
  readonly estimated: boolean
}
