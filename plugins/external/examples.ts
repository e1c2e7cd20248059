/** An example as OpenAPI lists it under a media type. */
export interface Example {
  readonly summary: string
  readonly value: object
}

const hello = { role: 'user', content: 'Say hello.' }
const weatherTool = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather of a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}
const onePixel =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** Request bodies that work as they are, by operation. The first one is what Swagger UI fills in. */
export const requestExamples: Readonly<Record<string, Readonly<Record<string, Example>>>> = {
  createResponse: {
    hello: { summary: 'One question', value: { model: 'openclaw', input: 'Say hello.' } },
    stream: { summary: 'A streamed answer', value: { model: 'openclaw', input: 'Say hello.', stream: true } },
    tool: {
      summary: 'A tool of the client',
      value: {
        model: 'openclaw',
        input: 'How is the weather in Berlin?',
        tools: [{ type: 'function', ...weatherTool.function }],
      },
    },
    background: { summary: 'An answer that is read later', value: { input: 'Write a long story.', background: true } },
  },
  createChatCompletion: {
    hello: { summary: 'One question', value: { model: 'openclaw', messages: [hello] } },
    stream: {
      summary: 'A streamed answer with its usage',
      value: { model: 'openclaw', messages: [hello], stream: true, stream_options: { include_usage: true } },
    },
    session: {
      summary: 'A conversation that the gateway remembers',
      value: { model: 'openclaw/main', user: 'alice', messages: [{ role: 'user', content: 'My name is Alice.' }] },
    },
    tool: {
      summary: 'A tool of the client',
      value: {
        model: 'openclaw',
        messages: [{ role: 'user', content: 'How is the weather in Berlin?' }],
        tools: [weatherTool],
      },
    },
    toolResult: {
      summary: 'The result of a tool of the client',
      value: {
        model: 'openclaw',
        messages: [
          { role: 'user', content: 'How is the weather in Berlin?' },
          {
            role: 'assistant',
            content: null,
            tool_calls: [
              { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Berlin"}' } },
            ],
          },
          { role: 'tool', tool_call_id: 'call_1', content: 'Sunny, 21 degrees.' },
        ],
        tools: [weatherTool],
      },
    },
    image: {
      summary: 'An image, for a model that takes them',
      value: {
        model: 'openclaw',
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'What is in the picture?' },
              { type: 'image_url', image_url: { url: onePixel } },
            ],
          },
        ],
      },
    },
  },
  invokeTool: {
    dryRun: {
      summary: 'Would this call be allowed, and are its arguments right?',
      value: { tool: 'read', args: { path: 'AGENTS.md' }, dryRun: true },
    },
    session: {
      summary: 'The same under the policy of one session',
      value: { tool: 'read', args: { path: 'AGENTS.md', limit: 20 }, sessionKey: 'agent:main:main', dryRun: true },
    },
  },
  hookWake: {
    words: { summary: 'Words for the main session', value: { text: 'The backup is done.', mode: 'now' } },
  },
  hookAgent: {
    turn: { summary: 'A turn', value: { message: 'Disk of db1 is 92% full.', name: 'Monitor' } },
    chat: {
      summary: 'A turn whose answer goes to a chat',
      value: { message: 'Disk of db1 is 92% full.', name: 'Monitor', channel: 'last', idempotencyKey: 'db1-0711' },
    },
  },
  hookMapped: {
    push: {
      summary: 'A part of what GitHub sends of a push',
      value: { ref: 'refs/heads/main', repository: { full_name: 'octo/web' }, pusher: { name: 'octo' } },
    },
  },
  createEmbedding: {
    texts: { summary: 'Two texts', value: { model: 'openclaw', input: ['first text', 'second text'] } },
    base64: {
      summary: 'One text, its vector as base64',
      value: { model: 'openclaw', input: 'first text', encoding_format: 'base64' },
    },
  },
}
