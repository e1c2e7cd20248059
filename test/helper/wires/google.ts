import { type Body, finishOf, type Said, slices, turn, type Wire } from '../upstream-wire.js'

const finishes: Readonly<Record<string, string>> = { stop: 'STOP', length: 'MAX_TOKENS', tool_calls: 'STOP' }

const reasonOf = (said: Said) => {
  if (said.refusal !== undefined) return 'SAFETY'
  const finish = finishOf(said)
  return finish === null ? undefined : (finishes[finish] ?? finish)
}

function usageOf({ usage }: Said) {
  if (usage === null) return undefined
  const { input, output, cached = 0, reasoning = 0 } = usage ?? { input: 11, output: 7 }
  return {
    promptTokenCount: input,
    candidatesTokenCount: output - reasoning,
    totalTokenCount: input + output,
    ...(cached > 0 && { cachedContentTokenCount: cached }),
    ...(reasoning > 0 && { thoughtsTokenCount: reasoning }),
  }
}

const callsOf = ({ toolCalls = [] }: Said) =>
  toolCalls.map(({ id, name, arguments: args }, number) => ({
    functionCall: { id: id ?? `call_up${number}`, name, args: args === '' ? {} : JSON.parse(args) },
    ...(number === 0 && { thoughtSignature: 'signed' }),
  }))

const reply = (model: string, parts: object[], more: object = {}) => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
  modelVersion: model,
  responseId: 'up',
})

const complaint = (code: number, status: string, message: string, details: object[] = []) => ({
  error: { code, message, status, details },
})

/** `:generateContent` as Google speaks it. Calls come whole. */
export const googleWire: Wire = {
  contentType: 'text/event-stream',
  streams: (path) => path.includes(':streamGenerateContent'),

  frames(said, model) {
    const frame = (body: object) => `data: ${JSON.stringify(body)}\r\n\r\n`
    const pieces = (text = '') => slices(text, said.chunkSize)
    const thoughts = pieces(said.reasoning).map((text) => frame(reply(model, [{ text, thought: true }])))
    const texts = pieces(said.text).map((text) => frame(reply(model, [{ text }])))
    const calls = callsOf(said).map((part) => frame(reply(model, [part])))
    const finishReason = reasonOf(said)
    const usageMetadata = usageOf(said)
    const end = { ...reply(model, [{ text: '' }], { finishReason }), ...(usageMetadata && { usageMetadata }) }
    return [...thoughts, ...texts, ...calls, ...(finishReason === undefined ? [] : [frame(end)])]
  },

  whole(said, model) {
    const parts = [
      ...(said.reasoning === undefined ? [] : [{ text: said.reasoning, thought: true }]),
      ...(said.text ? [{ text: said.text }] : []),
      ...callsOf(said),
    ]
    const usageMetadata = usageOf(said)
    return { ...reply(model, parts, { finishReason: reasonOf(said) }), ...(usageMetadata && { usageMetadata }) }
  },

  errorFrame: (error) => `data: ${JSON.stringify({ error: { code: 500, status: 'INTERNAL', ...error } })}\r\n\r\n`,
  malformed: 'data: {"candidates": [{"content": {\r\n\r\n',

  failures: {
    auth: {
      status: 400,
      body: complaint(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
        { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' },
      ]),
    },
    billing: { status: 402, body: complaint(402, 'FAILED_PRECONDITION', 'Billing is not enabled.') },
    not_found: { status: 404, body: complaint(404, 'NOT_FOUND', 'models/x is not found for API version v1beta.') },
    overflow: {
      status: 400,
      body: complaint(
        400,
        'INVALID_ARGUMENT',
        'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      ),
    },
    overloaded: { status: 503, body: complaint(503, 'UNAVAILABLE', 'The model is overloaded.') },
    rate_limit: {
      status: 429,
      body: complaint(
        429,
        'RESOURCE_EXHAUSTED',
        'You exceeded your current quota, please check your plan and billing details.',
        [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' }],
      ),
    },
    server: { status: 500, body: complaint(500, 'INTERNAL', 'An internal error has occurred.') },
  },

  hear({ systemInstruction, contents, tools = [], toolConfig }) {
    const { mode, allowedFunctionNames } = toolConfig?.functionCallingConfig ?? {}
    return {
      system: systemInstruction?.parts[0].text ?? '',
      turns: contents.flatMap(({ role, parts }: Body) => turnsOf(role === 'model' ? 'assistant' : 'user', parts)),
      tools: tools.flatMap(({ functionDeclarations }: Body) => functionDeclarations.map(({ name }: Body) => name)),
      choice: allowedFunctionNames?.[0] ?? mode?.toLowerCase(),
    }
  },
}

function turnsOf(role: 'user' | 'assistant', parts: Body[]) {
  const results = parts.filter(({ functionResponse }) => functionResponse)
  const rest = parts.filter(({ functionResponse }) => !functionResponse)
  const texts = rest.flatMap(({ text }) => text ?? [])
  const images = rest.flatMap(({ inlineData }) =>
    inlineData ? [`data:${inlineData.mimeType};base64,${inlineData.data}`] : [],
  )
  const calls = rest.flatMap(({ functionCall }) =>
    functionCall ? [{ name: functionCall.name, arguments: functionCall.args }] : [],
  )
  return [
    ...results.map(({ functionResponse }) => turn('tool', functionResponse.response.output)),
    ...(rest.length > 0 ? [turn(role, texts.join('\n'), images, calls)] : []),
  ]
}
