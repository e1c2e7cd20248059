/** What a scripted upstream says, in no particular API's words. */
export interface Said {
  readonly text?: string
  readonly reasoning?: string
  readonly refusal?: string
  readonly toolCalls?: readonly SaidCall[]
  /** `null`: never sent. Absent: what fits. */
  readonly finish?: string | null
  /** `null`: no figures. Absent: small fixed ones. */
  readonly usage?: UsageFigures | null
  /** Characters in one delta; 5 when absent. */
  readonly chunkSize?: number
  /** False: the stream's end mark is left out. */
  readonly done?: boolean
}

export interface SaidCall {
  readonly id?: string
  readonly name: string
  readonly arguments: string
}

export interface UsageFigures {
  readonly input: number
  readonly output: number
  readonly cached?: number
  readonly reasoning?: number
}

/** How one model API spells it. */
export interface Wire {
  readonly contentType: string
  /** The stream, in frames that a server writes one by one. */
  frames(said: Said, model: string, withUsage: boolean): string[]
  whole(said: Said, model: string): object
  /** An error inside a stream. */
  errorFrame(error: object): string
  /** A frame that is cut off in the middle of its JSON. */
  readonly malformed: string
  /** Answers that mean a failure of each kind, as the API's own servers give them. */
  readonly failures: Readonly<Record<FailureKind, Failure>>
  /** What a request says. */
  hear(body: Body): Heard
  /** Whether the request asks for a stream; `stream: true` in the body when absent. */
  streams?(path: string): boolean
}

export type FailureKind = 'auth' | 'billing' | 'not_found' | 'overflow' | 'overloaded' | 'rate_limit' | 'server'

export interface Failure {
  readonly status: number
  readonly body: object
  readonly headers?: Readonly<Record<string, string>>
}

// biome-ignore lint/suspicious/noExplicitAny: tests take apart what they have built
export type Body = any

/** A request in no particular API's words. */
export interface Heard {
  readonly system: string
  readonly turns: readonly HeardTurn[]
  /** Names of the tools. */
  readonly tools: readonly string[]
  /** `any`: some tool must be called; a name: that one. */
  readonly choice: string | undefined
}

export interface HeardTurn {
  readonly role: 'user' | 'assistant' | 'tool'
  readonly text?: string
  readonly images?: readonly string[]
  /** Arguments as an object. */
  readonly calls?: readonly { readonly name: string; readonly arguments: unknown }[]
}

/** A turn without what it lacks. */
export function turn(
  role: HeardTurn['role'],
  text: string,
  images: string[] = [],
  calls: HeardTurn['calls'] = [],
): HeardTurn {
  return {
    role,
    ...(text !== '' && { text }),
    ...(images.length > 0 && { images }),
    ...(calls.length > 0 && { calls }),
  }
}

const head = (model: string) => ({ id: 'chatcmpl-up', created: 1_700_000_000, model })

function usageOf({ usage }: Said) {
  const figures = usage ?? { input: 11, output: 7 }
  return {
    prompt_tokens: figures.input,
    completion_tokens: figures.output,
    total_tokens: figures.input + figures.output,
    prompt_tokens_details: { cached_tokens: figures.cached ?? 0 },
    completion_tokens_details: { reasoning_tokens: figures.reasoning ?? 0 },
  }
}

export const finishOf = (said: Said) =>
  said.finish === undefined ? (said.toolCalls ? 'tool_calls' : 'stop') : said.finish

export function slices(text: string, size = 5): string[] {
  return Array.from({ length: Math.ceil(text.length / size) }, (_, at) => text.slice(at * size, (at + 1) * size))
}

/** `/v1/chat/completions` as OpenAI speaks it. */
export const openAiWire: Wire = {
  contentType: 'text/event-stream; charset=utf-8',

  frames(said, model, withUsage) {
    const frame = (fields: object) =>
      `data: ${JSON.stringify({ ...head(model), object: 'chat.completion.chunk', ...fields })}\n\n`
    const chunk = (delta: object, finish_reason: string | null = null) =>
      frame({ choices: [{ index: 0, delta, logprobs: null, finish_reason }], ...(withUsage ? { usage: null } : {}) })
    const pieces = (text: string | undefined, key: string) =>
      slices(text ?? '', said.chunkSize).map((piece) => chunk({ [key]: piece }))
    const frames = [chunk({ role: 'assistant', content: '', refusal: null })]
    frames.push(...pieces(said.reasoning, 'reasoning_content'))
    frames.push(...pieces(said.text, 'content'), ...pieces(said.refusal, 'refusal'))
    said.toolCalls?.forEach(({ id, name, arguments: args }, index) => {
      const call = { index, id: id ?? `call_up${index}`, type: 'function', function: { name, arguments: '' } }
      frames.push(chunk({ tool_calls: [call] }))
      for (const piece of slices(args, said.chunkSize)) {
        frames.push(chunk({ tool_calls: [{ index, function: { arguments: piece } }] }))
      }
    })
    const finish = finishOf(said)
    if (finish !== null) frames.push(chunk({}, finish))
    if (withUsage && said.usage !== null) frames.push(frame({ choices: [], usage: usageOf(said) }))
    if (said.done !== false) frames.push('data: [DONE]\n\n')
    return frames
  },

  whole(said, model) {
    const tool_calls = said.toolCalls?.map(({ id, name, arguments: args }, index) => ({
      id: id ?? `call_up${index}`,
      type: 'function',
      function: { name, arguments: args },
    }))
    const message = {
      role: 'assistant',
      content: said.text ?? null,
      refusal: said.refusal ?? null,
      ...(said.reasoning === undefined ? {} : { reasoning_content: said.reasoning }),
      ...(tool_calls ? { tool_calls } : {}),
    }
    return {
      ...head(model),
      object: 'chat.completion',
      choices: [{ index: 0, message, logprobs: null, finish_reason: finishOf(said) }],
      ...(said.usage === null ? {} : { usage: usageOf(said) }),
    }
  },

  errorFrame: (error) => `data: ${JSON.stringify({ error })}\n\n`,
  malformed: 'data: {"choices": [{\n\n',

  failures: {
    auth: { status: 401, body: complaint('Incorrect API key provided.', 'invalid_request_error', 'invalid_api_key') },
    billing: {
      status: 429,
      body: complaint('You exceeded your current quota.', 'insufficient_quota', 'insufficient_quota'),
    },
    not_found: {
      status: 404,
      body: complaint('The model `x` does not exist.', 'invalid_request_error', 'model_not_found'),
    },
    overflow: {
      status: 400,
      body: complaint(
        'This model has a maximum context length of 8 tokens.',
        'invalid_request_error',
        'context_length_exceeded',
      ),
    },
    overloaded: { status: 503, body: complaint('The engine is currently overloaded.', 'server_error', null) },
    rate_limit: { status: 429, body: complaint('Rate limit reached.', 'requests', 'rate_limit_exceeded') },
    server: { status: 500, body: complaint('The server had an error.', 'server_error', null) },
  },

  hear({ messages, tools = [], tool_choice }) {
    const system = messages.filter(({ role }: Body) => role === 'system').map(({ content }: Body) => content)
    const spoken = messages.filter(({ role }: Body) => role !== 'system')
    const choice = typeof tool_choice === 'object' ? tool_choice.function.name : tool_choice
    return {
      system: system.join('\n\n'),
      turns: spoken.map(({ role, content, tool_calls = [] }: Body) => {
        const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? [])
        const texts = parts.filter(({ type }: Body) => type === 'text').map(({ text }: Body) => text)
        const images = parts
          .filter(({ type }: Body) => type === 'image_url')
          .map(({ image_url }: Body) => image_url.url)
        const calls = tool_calls.map(({ function: { name, arguments: args } }: Body) => {
          return { name, arguments: JSON.parse(args) }
        })
        return turn(role, texts.join('\n'), images, calls)
      }),
      tools: tools.map((tool: Body) => tool.function.name),
      choice: choice === 'required' ? 'any' : choice,
    }
  },
}

function complaint(message: string, type: string, code: string | null): object {
  return { error: { message, type, param: null, code } }
}
