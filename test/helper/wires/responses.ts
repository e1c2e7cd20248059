import { type Body, finishOf, type Said, slices, turn, type Wire } from '../upstream-wire.js'

function usageOf({ usage }: Said) {
  if (usage === null) return undefined
  const { input, output, cached = 0, reasoning = 0 } = usage ?? { input: 11, output: 7 }
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cached },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  }
}

interface Item {
  readonly open: object
  readonly deltas: readonly object[]
  readonly done: object
}

function itemsOf(said: Said): Item[] {
  const items: Item[] = []
  const pieces = (text: string) => slices(text, said.chunkSize)
  if (said.reasoning !== undefined) {
    const deltas = pieces(said.reasoning).map((delta) => ({ type: 'response.reasoning_summary_text.delta', delta }))
    const facts = { type: 'reasoning', id: 'rs_up' }
    const summary = [{ type: 'summary_text', text: said.reasoning }]
    items.push({ open: { ...facts, summary: [] }, deltas, done: { ...facts, summary, encrypted_content: 'sealed' } })
  }
  const [kind, key, text] =
    said.refusal === undefined ? ['output_text', 'text', said.text] : ['refusal', 'refusal', said.refusal]
  if (text) {
    const deltas = pieces(text).map((delta) => ({ type: `response.${kind}.delta`, content_index: 0, delta }))
    const facts = { type: 'message', id: 'msg_up', role: 'assistant' }
    items.push({
      open: { ...facts, content: [] },
      deltas,
      done: { ...facts, content: [{ type: kind, [key as string]: text }] },
    })
  }
  said.toolCalls?.forEach(({ id, name, arguments: args }, number) => {
    const facts = { type: 'function_call', id: `fc_up${number}`, call_id: id ?? `call_up${number}`, name }
    const deltas = pieces(args).map((delta) => ({ type: 'response.function_call_arguments.delta', delta }))
    items.push({ open: { ...facts, arguments: '' }, deltas, done: { ...facts, arguments: args } })
  })
  return items
}

function responseOf(said: Said, model: string) {
  const usage = usageOf(said)
  const cut = finishOf(said) === 'length'
  return {
    id: 'resp_up',
    object: 'response',
    model,
    status: cut ? 'incomplete' : 'completed',
    error: null,
    incomplete_details: cut ? { reason: 'max_output_tokens' } : null,
    output: itemsOf(said).map(({ done }) => done),
    ...(usage && { usage }),
  }
}

const complaint = (message: string, type: string, code: string | null) => ({
  error: { message, type, param: null, code },
})
const isCall = ({ type }: Body) => type === 'function_call'

/** `/v1/responses` as OpenAI speaks it. */
export const responsesWire: Wire = {
  contentType: 'text/event-stream; charset=utf-8',

  frames(said, model) {
    let sequence_number = 0
    const event = (type: string, fields: object) =>
      `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence_number++, ...fields })}\n\n`
    const response = { id: 'resp_up', object: 'response', model, status: 'in_progress', output: [] }
    const frames = [event('response.created', { response })]
    for (const [output_index, { open, deltas, done }] of itemsOf(said).entries()) {
      const added = event('response.output_item.added', { output_index, item: open })
      const pieces = deltas.map((delta) => event((delta as Body).type, { output_index, ...delta }))
      frames.push(
        added + (pieces.shift() ?? ''),
        ...pieces,
        event('response.output_item.done', { output_index, item: done }),
      )
    }
    if (finishOf(said) === null) return frames
    const whole = responseOf(said, model)
    return [...frames, event(`response.${whole.status}`, { response: whole })]
  },

  whole: responseOf,
  errorFrame: (error) => `event: error\ndata: ${JSON.stringify({ ...error, type: 'error' })}\n\n`,
  malformed: 'event: response.output_text.delta\ndata: {"type": "response.out\n\n',

  failures: {
    auth: { status: 401, body: complaint('Incorrect API key provided.', 'invalid_request_error', 'invalid_api_key') },
    billing: {
      status: 429,
      body: complaint('You exceeded your current quota.', 'insufficient_quota', 'insufficient_quota'),
    },
    not_found: {
      status: 400,
      body: complaint("The requested model 'x' does not exist.", 'invalid_request_error', 'model_not_found'),
    },
    overflow: {
      status: 400,
      body: complaint(
        'Your input exceeds the context window of this model.',
        'invalid_request_error',
        'context_length_exceeded',
      ),
    },
    overloaded: { status: 503, body: complaint('Our servers are currently overloaded.', 'server_error', null) },
    rate_limit: { status: 429, body: complaint('Rate limit reached.', 'tokens', 'rate_limit_exceeded') },
    server: { status: 500, body: complaint('An error occurred.', 'server_error', 'server_error') },
  },

  hear({ instructions = '', input, tools = [], tool_choice }) {
    const turns = input.map((item: Body) => {
      if (isCall(item)) return turn('assistant', '', [], [{ name: item.name, arguments: JSON.parse(item.arguments) }])
      const content = item.type === 'function_call_output' ? item.output : item.content
      const parts = typeof content === 'string' ? [{ type: 'input_text', text: content }] : content
      const texts = parts.filter(({ type }: Body) => type === 'input_text').map(({ text }: Body) => text)
      const images = parts.filter(({ type }: Body) => type === 'input_image').map(({ image_url }: Body) => image_url)
      return turn(item.role ?? 'tool', texts.join('\n'), images)
    })
    const choice = typeof tool_choice === 'object' ? tool_choice.name : tool_choice
    return {
      system: instructions,
      turns: joined(turns),
      tools: tools.map(({ name }: Body) => name),
      choice: choice === 'required' ? 'any' : choice,
    }
  },
}

/** Text and calls of one answer are several items. */
function joined(turns: ReturnType<typeof turn>[]): ReturnType<typeof turn>[] {
  const all: ReturnType<typeof turn>[] = []
  for (const next of turns) {
    const last = all.at(-1)
    if (last?.role !== 'assistant' || next.role !== 'assistant') all.push(next)
    else
      all[all.length - 1] = turn(
        'assistant',
        `${last.text ?? ''}${next.text ?? ''}`,
        [],
        [...(last.calls ?? []), ...(next.calls ?? [])],
      )
  }
  return all
}
