import { type Body, finishOf, type Said, slices, turn, type Wire } from '../upstream-wire.js'

const stops: Readonly<Record<string, string>> = { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use' }

const stopOf = (said: Said) => {
  if (said.refusal !== undefined) return 'refusal'
  const finish = finishOf(said)
  return finish === null ? null : (stops[finish] ?? finish)
}

function usageOf({ usage }: Said) {
  if (usage === null) return undefined
  const { input, output, cached = 0 } = usage ?? { input: 11, output: 7 }
  return {
    input_tokens: input - cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    output_tokens: output,
  }
}

const event = (type: string, fields: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
const complaint = (type: string, message: string) => ({ type: 'error', error: { type, message }, request_id: 'req_1' })
const input = (args: string) => (args === '' ? {} : JSON.parse(args))

/** `/v1/messages` as Anthropic speaks it. */
export const anthropicWire: Wire = {
  contentType: 'text/event-stream; charset=utf-8',

  frames(said, model) {
    const usage = usageOf(said)
    const message = { id: 'msg_up', type: 'message', role: 'assistant', model, content: [], stop_reason: null }
    const started = usage && { usage: { ...usage, output_tokens: 1 } }
    const frames = [event('message_start', { message: { ...message, ...started } }) + event('ping', {})]
    let index = 0
    const block = (content_block: object, deltas: object[]) => {
      const start = event('content_block_start', { index, content_block })
      const pieces = deltas.map((delta) => event('content_block_delta', { index, delta }))
      frames.push(start + (pieces.shift() ?? ''), ...pieces, event('content_block_stop', { index }))
      index++
    }
    const pieces = (text = '') => slices(text, said.chunkSize)
    if (said.reasoning !== undefined) {
      const thoughts = pieces(said.reasoning).map((thinking) => ({ type: 'thinking_delta', thinking }))
      const signed = [...thoughts, { type: 'signature_delta', signature: 'signed' }]
      block({ type: 'thinking', thinking: '', signature: '' }, signed)
    }
    const texts = pieces(said.text).map((text) => ({ type: 'text_delta', text }))
    if (texts.length > 0) block({ type: 'text', text: '' }, texts)
    said.toolCalls?.forEach(({ id, name, arguments: args }, number) => {
      const deltas = pieces(args).map((partial_json) => ({ type: 'input_json_delta', partial_json }))
      block({ type: 'tool_use', id: id ?? `toolu_up${number}`, name, input: {} }, deltas)
    })
    const stop_reason = stopOf(said)
    if (stop_reason !== null) frames.push(event('message_delta', { delta: { stop_reason }, ...(usage && { usage }) }))
    if (said.done !== false) frames.push(event('message_stop', {}))
    return frames
  },

  whole(said, model) {
    const content = [
      ...(said.reasoning === undefined ? [] : [{ type: 'thinking', thinking: said.reasoning, signature: 'signed' }]),
      ...(said.text ? [{ type: 'text', text: said.text }] : []),
      ...(said.toolCalls ?? []).map(({ id, name, arguments: args }, number) => {
        return { type: 'tool_use', id: id ?? `toolu_up${number}`, name, input: input(args) }
      }),
    ]
    const usage = usageOf(said)
    const facts = { id: 'msg_up', type: 'message', role: 'assistant', model, stop_reason: stopOf(said) }
    return { ...facts, content, ...(usage && { usage }) }
  },

  errorFrame: (error) => event('error', { error }),
  malformed: 'event: content_block_delta\ndata: {"type": "content_block_delta", "del\n\n',

  failures: {
    auth: { status: 401, body: complaint('authentication_error', 'invalid x-api-key') },
    billing: {
      status: 400,
      body: complaint('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
    },
    not_found: { status: 404, body: complaint('not_found_error', 'model: claude-x') },
    overflow: {
      status: 400,
      body: complaint('invalid_request_error', 'prompt is too long: 213462 tokens > 200000 maximum'),
    },
    overloaded: { status: 529, body: complaint('overloaded_error', 'Overloaded') },
    rate_limit: { status: 429, body: complaint('rate_limit_error', 'This request would exceed your rate limit.') },
    server: { status: 500, body: complaint('api_error', 'Internal server error') },
  },

  hear({ system = [], messages, tools = [], tool_choice }) {
    return {
      system: system.map(({ text }: Body) => text).join('\n\n'),
      turns: messages.flatMap(({ role, content }: Body) => turnsOf(role, content)),
      tools: tools.map(({ name }: Body) => name),
      choice: tool_choice?.name ?? tool_choice?.type,
    }
  },
}

function turnsOf(role: 'user' | 'assistant', blocks: Body[]) {
  const results = blocks.filter(({ type }) => type === 'tool_result')
  const rest = blocks.filter(({ type }) => type !== 'tool_result')
  return [...results.map(({ content }) => spoken('tool', content)), ...(rest.length > 0 ? [spoken(role, rest)] : [])]
}

function spoken(role: 'user' | 'assistant' | 'tool', blocks: Body[]) {
  const texts = blocks.filter(({ type }) => type === 'text').map(({ text }) => text)
  const images = blocks
    .filter(({ type }) => type === 'image')
    .map(({ source }) => `data:${source.media_type};base64,${source.data}`)
  const calls = blocks
    .filter(({ type }) => type === 'tool_use')
    .map(({ name, input: args }) => ({ name, arguments: args }))
  return turn(role, texts.join('\n'), images, calls)
}
