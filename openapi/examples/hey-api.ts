import { createClient } from './generated/hey-api/client/index.js'
import {
  type ChatCompletionChunk,
  cancelResponse,
  createChatCompletion,
  createEmbedding,
  createResponse,
  deleteResponse,
  getHealth,
  getMetrics,
  getReadiness,
  getStartup,
  hookAgent,
  hookMapped,
  hookWake,
  invokeTool,
  listModels,
  listResponseInputItems,
  retrieveModel,
  retrieveResponse,
  rpcConfigGet,
  rpcSessionsList,
} from './generated/hey-api/index.js'

/**
 * Every operation of the gateway through the SDK that @hey-api/openapi-ts makes of the document. Gives what came back
 * by operation. Nothing here is cast: the types come from the document.
 */
export async function everything(baseUrl: string, token: string, hookToken: string) {
  const client = createClient({ baseUrl, auth: token })

  const health = await getHealth({ client })
  const startup = await getStartup({ client })
  const readiness = await getReadiness({ client })
  const metrics = await getMetrics({ client })
  const models = await listModels({ client })
  const model = await retrieveModel({ client, path: { model: 'openclaw/main' } })
  const embeddings = await createEmbedding({ client, body: { model: 'openclaw', input: ['one', 'two'] } })
  const chat = await createChatCompletion({
    client,
    headers: { 'x-openclaw-agent-id': 'main' },
    body: { model: 'openclaw', messages: [{ role: 'user', content: 'Say hello.' }] },
  })
  // The generated function knows the JSON answer only; the client itself can read events.
  const { stream } = await client.sse.post<{ 200: ChatCompletionChunk }>({
    url: '/v1/chat/completions',
    security: [{ scheme: 'bearer', type: 'http' }],
    headers: { 'content-type': 'application/json' },
    body: { model: 'openclaw', messages: [{ role: 'user', content: 'Say hello.' }], stream: true },
    sseMaxRetryAttempts: 1,
  })
  const response = await createResponse({ client, body: { model: 'openclaw', input: 'Say hello.' } })
  const path = { response_id: response.data?.id ?? '' }
  const again = await retrieveResponse({ client, path })
  const items = await listResponseInputItems({ client, path })
  const finished = await cancelResponse({ client, path })
  const deleted = await deleteResponse({ client, path })
  const tool = await invokeTool({ client, body: { tool: 'sessions_list', args: {} } })
  // Every method of the control plane is an operation too.
  const config = await rpcConfigGet({ client, body: {} })
  const sessions = await rpcSessionsList({ client, body: { limit: 10 } })
  // Hooks have a token of their own.
  const auth = hookToken
  const told = await hookWake({ client, auth, body: { text: 'The backup is done.' } })
  const begun = await hookAgent({ client, auth, body: { message: 'Disk of db1 is 92% full.' } })
  const mapped = await hookMapped({ client, auth, path: { name: 'known' }, body: { any: 'thing' } })
  const refused = await retrieveModel({ client, path: { model: 'nobody' } })

  let streamed = ''
  for await (const chunk of stream) {
    // The end mark `[DONE]` is not JSON and arrives as text.
    if (typeof chunk === 'object') streamed += chunk.choices[0]?.delta.content ?? ''
  }
  const vector = embeddings.data?.data[0]?.embedding
  return {
    getHealth: health.data?.status,
    getStartup: startup.data?.status,
    getReadiness: readiness.data?.ready,
    getMetrics: metrics.data,
    listModels: models.data?.data.map(({ id }) => id),
    retrieveModel: model.data?.id,
    createEmbedding: Array.isArray(vector) ? vector.length : vector,
    createChatCompletion: chat.data?.choices[0]?.message.content,
    createResponse: response.data?.status,
    retrieveResponse: again.data?.id === response.data?.id,
    listResponseInputItems: items.data?.data.length,
    cancelResponse: finished.error?.error.code,
    deleteResponse: deleted.data?.deleted,
    hookWake: told.data?.mode,
    hookAgent: begun.data?.ok,
    hookMapped: mapped.response?.status,
    invokeTool: tool.data?.ok,
    rpcConfigGet: config.data?.result?.valid,
    rpcSessionsList: sessions.data?.result?.sessions.map(({ key }) => key),
    streamed,
    refused: { status: refused.response?.status, code: refused.error?.error.code },
  }
}
