// Drives the official OpenAI SDK against a running gateway; prints one JSON line per step: {step, ok, value|error}.
import OpenAI from 'openai'

const { GATEWAY_URL: url, GATEWAY_TOKEN: token } = process.env
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: token, timeout: 20_000 })
const model = 'openclaw'
const messages = (content) => [{ role: 'user', content }]
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] }
const tools = [{ type: 'function', function: { name: 'get_weather', parameters: schema } }]
const ask = (content, more = {}, options = {}) =>
  client.chat.completions.create({ model, messages: messages(content), ...more }, options)
const raw = (path, init) => fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` }, ...init })

async function read(stream) {
  let text = ''
  try {
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    return { text }
  } catch (error) {
    return { text, error: told(error) }
  }
}

const steps = {
  async create() {
    const { data, response } = await client.chat.completions
      .create({ model: 'openclaw:main', messages: messages('hi') })
      .withResponse()
    return { answer: data, requestId: data._request_id, header: response.headers.get('x-request-id') }
  },

  async stream() {
    const stream = client.chat.completions.stream({
      model,
      messages: messages('hi'),
      stream_options: { include_usage: true },
    })
    const deltas = []
    stream.on('content', (delta) => deltas.push(delta))
    const final = await stream.finalChatCompletion()
    return { deltas, choice: final.choices[0], usage: final.usage }
  },

  async toolRoundTrip() {
    const first = await ask('tool', { tools, tool_choice: 'required', parallel_tool_calls: false })
    const [choice] = first.choices
    const [call] = choice.message.tool_calls
    const second = await client.chat.completions.create({
      model,
      tools,
      messages: [...messages('tool'), choice.message, { role: 'tool', tool_call_id: call.id, content: 'sunny' }],
    })
    return { call, finish: choice.finish_reason, text: second.choices[0].message.content }
  },

  async streamedTool() {
    const stream = client.chat.completions.stream({ model, messages: messages('tool'), tools })
    const pieces = []
    stream.on('tool_calls.function.arguments.delta', ({ arguments_delta }) => pieces.push(arguments_delta))
    const final = await stream.finalChatCompletion()
    return { pieces, choice: final.choices[0] }
  },

  async runTools() {
    const asked = []
    const weather = (args) => {
      asked.push(args)
      return 'sunny'
    }
    const definition = { ...tools[0].function, function: weather, parse: JSON.parse }
    const options = { model, messages: messages('tool'), tools: [{ type: 'function', function: definition }] }
    const whole = await client.chat.completions.runTools(options).finalContent()
    const streamed = await client.chat.completions.runTools({ ...options, stream: true }).finalContent()
    return { asked, whole, streamed }
  },

  async parse() {
    const json_schema = { name: 'place', strict: true, schema }
    const response_format = { type: 'json_schema', json_schema }
    const parsed = await client.chat.completions.parse({ model, messages: messages('json'), response_format })
    return parsed.choices[0].message.content
  },

  async models() {
    const listed = []
    for await (const one of client.models.list()) listed.push(one.id)
    return { listed, one: await client.models.retrieve('openclaw/main') }
  },

  async embeddings() {
    const input = ['one', 'three']
    const decoded = await client.embeddings.create({ model, input })
    const floats = await client.embeddings.create({ model, input, encoding_format: 'float' })
    const sized = await client.embeddings.create({ model, input: 'one', dimensions: 5 })
    const vectors = ({ data }) => data.map(({ embedding }) => embedding)
    return { decoded: vectors(decoded), floats: vectors(floats), sized: vectors(sized)[0].length, usage: decoded.usage }
  },

  async abortStream() {
    const controller = new AbortController()
    const stream = await ask('hang', { stream: true }, { signal: controller.signal })
    const chunks = []
    // The SDK ends an aborted stream in silence.
    for await (const chunk of stream) {
      chunks.push(chunk.choices[0].delta.content)
      if (chunks.join('') === 'Hello') controller.abort()
    }
    return chunks.join('')
  },

  async abortWhole() {
    const controller = new AbortController()
    const answer = ask('hang whole', {}, { signal: controller.signal })
    // Answers when the model has been asked: before that there is nothing to abort.
    await fetch(`${process.env.UPSTREAM_URL}/asked`)
    controller.abort()
    return answer
  },

  async responses() {
    const response = await client.responses.create({ model, input: 'hi', instructions: 'Be brief.' })
    const next = await client.responses.create({ model, input: 'hi', previous_response_id: response.id })
    const kept = await client.responses.retrieve(response.id)
    const items = await client.responses.inputItems.list(response.id)
    await client.responses.delete(next.id)
    const gone = await client.responses.retrieve(next.id).catch(told)
    return { text: response.output_text, status: next.status, kept: kept.output_text, items: items.data.length, gone }
  },

  async responsesStream() {
    const stream = client.responses.stream({ model, input: 'hi' })
    const numbers = []
    let text = ''
    stream.on('event', ({ sequence_number }) => numbers.push(sequence_number))
    stream.on('response.output_text.delta', ({ delta }) => {
      text += delta
    })
    const final = await stream.finalResponse()
    return { numbers, text, final: final.output_text, status: final.status }
  },

  async responsesTools() {
    const tools = [{ type: 'function', name: 'get_weather', parameters: schema, strict: false }]
    const stream = client.responses.stream({ model, input: 'tool', tools, tool_choice: 'required' })
    let args = ''
    stream.on('response.function_call_arguments.delta', ({ delta }) => {
      args += delta
    })
    const first = await stream.finalResponse()
    const [call] = first.output
    const output = { type: 'function_call_output', call_id: call.call_id, output: 'sunny' }
    const second = await client.responses.create({ model, tools, previous_response_id: first.id, input: [output] })
    return { args, name: call.name, text: second.output_text }
  },

  async responsesFailure() {
    const stream = client.responses.stream({ model, input: 'fail cut' })
    return (await stream.finalResponse()).status
  },

  badKey: () => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'wrong' }).models.list(),
  unknownModel: () => client.chat.completions.create({ model: 'gpt-4o', messages: messages('hi') }),
  missingModel: () => client.models.retrieve('nope'),
  badField: () => ask('hi', { temperature: 3 }),
  tooLarge: () => ask('x'.repeat(21 * 1024 * 1024)),
  fail400: () => ask('fail 400'),
  fail401: () => ask('fail 401'),
  fail429: () => ask('fail 429'),
  fail500: () => ask('fail 500'),
  failOverflow: () => ask('fail overflow'),
  failCut: () => ask('fail cut'),
  streamed401: () => ask('fail 401', { stream: true }),
  streamedCut: async () => read(await ask('fail cut', { stream: true })),
  streamedEnd: async () => read(await ask('fail end', { stream: true })),
  streamedError: async () => read(await ask('fail event', { stream: true })),

  async malformed() {
    const init = { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } }
    const response = await raw('/v1/chat/completions', { ...init, body: '{"model": "openclaw", "messages": [' })
    return { status: response.status, body: await response.json() }
  },

  async wrongMethod() {
    const response = await raw('/v1/chat/completions')
    return { status: response.status, allow: response.headers.get('allow'), body: await response.json() }
  },
}

function told(error) {
  const { name, status, code, param, type, requestID, headers, message } = error
  return {
    name: error.constructor.name ?? name,
    status,
    code,
    param,
    type,
    requestID,
    message,
    retryAfter: headers?.get?.('retry-after') ?? null,
    shouldRetry: headers?.get?.('x-should-retry') ?? null,
  }
}

for (const step of process.env.STEPS?.split(',') ?? Object.keys(steps)) {
  let line
  try {
    line = { step, ok: true, value: await steps[step]() }
  } catch (error) {
    line = { step, ok: false, error: told(error) }
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
