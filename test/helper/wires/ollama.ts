import { type Body, finishOf, type Said, slices, turn, type Wire } from '../upstream-wire.js'

const callsOf = ({ toolCalls = [] }: Said) =>
  toolCalls.map(({ name, arguments: args }) => ({ function: { name, arguments: args === '' ? {} : JSON.parse(args) } }))

function endOf(said: Said) {
  const { input, output } = said.usage ?? { input: 11, output: 7 }
  return {
    done: true,
    done_reason: finishOf(said) === 'length' ? 'length' : 'stop',
    ...(said.usage === null ? {} : { prompt_eval_count: input, eval_count: output }),
  }
}

const facts = (model: string) => ({ model, created_at: '2026-01-01T00:00:00Z' })

/** `/api/chat` as Ollama speaks it: lines of JSON, no ids for calls. */
export const ollamaWire: Wire = {
  contentType: 'application/x-ndjson',

  frames(said, model) {
    const line = (fields: object) => `${JSON.stringify({ ...facts(model), done: false, ...fields })}\n`
    const message = (fields: object) => line({ message: { role: 'assistant', content: '', ...fields } })
    const pieces = (text = '') => slices(text, said.chunkSize)
    return [
      ...pieces(said.reasoning).map((thinking) => message({ thinking })),
      ...pieces(said.text).map((content) => message({ content })),
      ...callsOf(said).map((call) => message({ tool_calls: [call] })),
      ...(finishOf(said) === null ? [] : [line({ message: { role: 'assistant', content: '' }, ...endOf(said) })]),
    ]
  },

  whole(said, model) {
    const calls = callsOf(said)
    const message = {
      role: 'assistant',
      content: said.text ?? '',
      ...(said.reasoning !== undefined && { thinking: said.reasoning }),
      ...(calls.length > 0 && { tool_calls: calls }),
    }
    return { ...facts(model), message, ...endOf(said) }
  },

  errorFrame: (error) => `${JSON.stringify({ error: (error as Body).message })}\n`,
  malformed: '{"model": "x", "message": {\n',

  failures: {
    auth: { status: 401, body: { error: 'unauthorized' } },
    billing: { status: 402, body: { error: 'you have reached your usage limit, upgrade for more' } },
    not_found: { status: 404, body: { error: 'model "x" not found, try pulling it first' } },
    overflow: { status: 400, body: { error: 'the input length exceeds the context length' } },
    overloaded: { status: 503, body: { error: 'server busy, please try again. maximum pending requests exceeded' } },
    rate_limit: { status: 429, body: { error: 'too many concurrent requests' } },
    server: { status: 500, body: { error: 'llama runner process has terminated: exit status 2' } },
  },

  hear({ messages, tools = [] }) {
    const system = messages.filter(({ role }: Body) => role === 'system').map(({ content }: Body) => content)
    return {
      system: system.join('\n\n'),
      turns: messages
        .filter(({ role }: Body) => role !== 'system')
        .map(({ role, content, images = [], tool_calls = [] }: Body) => {
          const calls = tool_calls.map(({ function: { name, arguments: args } }: Body) => ({ name, arguments: args }))
          const pictures = images.map((data: string) => `data:image/png;base64,${data}`)
          return turn(role, content, pictures, calls)
        }),
      tools: tools.map((tool: Body) => tool.function.name),
      choice: undefined,
    }
  },
}
