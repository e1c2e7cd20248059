// Drives the official OpenAI SDK against a running gateway; prints one JSON line per step: {step, ok, value|error}.
import OpenAI from 'openai'

const client = new OpenAI({ baseURL: `${process.env.GATEWAY_URL}/v1`, apiKey: process.env.GATEWAY_TOKEN, maxRetries: 0 })
const messages = [{ role: 'user', content: 'hi' }]
const tools = [{ type: 'function', function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } }]

const steps = {
  async create() {
    const answer = await client.chat.completions.create({ model: 'openclaw:main', messages })
    return { text: answer.choices[0].message.content, requestId: answer._request_id }
  },
  async stream() {
    const stream = client.chat.completions.stream({ model: 'openclaw', messages, stream_options: { include_usage: true } })
    let deltas = ''
    stream.on('content', (delta) => {
      deltas += delta
    })
    const final = await stream.finalChatCompletion()
    return { deltas, text: final.choices[0].message.content, finish: final.choices[0].finish_reason, usage: final.usage }
  },
  async toolRoundTrip() {
    const first = await client.chat.completions.create({ model: 'openclaw', messages: [{ role: 'user', content: 'tool please' }], tools })
    const call = first.choices[0].message.tool_calls[0]
    const second = await client.chat.completions.create({
      model: 'openclaw',
      tools,
      messages: [
        { role: 'user', content: 'tool please' },
        first.choices[0].message,
        { role: 'tool', tool_call_id: call.id, content: 'sunny' },
      ],
    })
    return { name: call.function.name, args: JSON.parse(call.function.arguments), text: second.choices[0].message.content }
  },
  async streamedTool() {
    const stream = client.chat.completions.stream({ model: 'openclaw', messages: [{ role: 'user', content: 'tool please' }], tools })
    const final = await stream.finalChatCompletion()
    return { calls: final.choices[0].message.tool_calls, finish: final.choices[0].finish_reason }
  },
  async runTools() {
    const runner = client.chat.completions.runTools({
      model: 'openclaw',
      messages: [{ role: 'user', content: 'tool please' }],
      tools: [{ type: 'function', function: { ...tools[0].function, function: () => 'sunny', parse: JSON.parse } }],
    })
    return { text: await runner.finalContent() }
  },
  async models() {
    const list = await client.models.list()
    const one = await client.models.retrieve('openclaw/main')
    return { ids: list.data.map((model) => model.id), one: one.id }
  },
  async missingModel() {
    return client.models.retrieve('nope')
  },
  async embeddings() {
    const { data } = await client.embeddings.create({ model: 'openclaw', input: ['a', 'b'] })
    return { lengths: data.map((row) => row.embedding.length), numbers: data[0].embedding.every((n) => typeof n === 'number') }
  },
  async abort() {
    const controller = new AbortController()
    const stream = await client.chat.completions.create(
      { model: 'openclaw', messages: [{ role: 'user', content: 'hang please' }], stream: true },
      { signal: controller.signal },
    )
    setTimeout(() => controller.abort(), 50)
    for await (const _ of stream);
    return 'ended'
  },
  async badKey() {
    const other = new OpenAI({ baseURL: `${process.env.GATEWAY_URL}/v1`, apiKey: 'wrong', maxRetries: 0 })
    return other.models.list()
  },
  async fail() {
    return client.chat.completions.create({ model: 'openclaw', messages: [{ role: 'user', content: process.env.FAIL ?? 'fail 500' }] })
  },
}

for (const step of process.env.STEPS.split(',')) {
  let line
  try {
    line = { step, ok: true, value: await steps[step]() }
  } catch (error) {
    const { status, code, param, type, requestID, name } = error
    line = { step, ok: false, error: { name: error.constructor.name ?? name, status, code, param, type, requestID } }
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}
