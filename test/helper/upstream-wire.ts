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

const finishOf = (said: Said) => (said.finish === undefined ? (said.toolCalls ? 'tool_calls' : 'stop') : said.finish)

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
}
