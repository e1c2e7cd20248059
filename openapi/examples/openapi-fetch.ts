import createClient from 'openapi-fetch'
import { events } from './events.js'
import type { components, paths } from './generated/openapi-typescript.js'

type Chunk = components['schemas']['ChatCompletionChunk']

/**
 * Every operation of the gateway through the client that openapi-typescript and openapi-fetch make of the document.
 * Gives what came back by operation. Nothing here is cast: the types come from the document.
 */
export async function everything(baseUrl: string, token: string, hookToken: string) {
  const headers = { authorization: `Bearer ${token}` }
  const gateway = createClient<paths, 'application/json'>({ baseUrl, headers })

  const health = await gateway.GET('/healthz')
  const startup = await gateway.GET('/startupz')
  const readiness = await gateway.GET('/readyz')
  const metrics = await gateway.GET('/metrics', { parseAs: 'text' })
  const models = await gateway.GET('/v1/models')
  const model = await gateway.GET('/v1/models/{model}', { params: { path: { model: 'openclaw/main' } } })
  const embeddings = await gateway.POST('/v1/embeddings', { body: { model: 'openclaw', input: ['one', 'two'] } })
  const chat = await gateway.POST('/v1/chat/completions', {
    params: { header: { 'x-openclaw-agent-id': 'main' } },
    body: { model: 'openclaw', messages: [{ role: 'user', content: 'Say hello.' }] },
  })
  const stream = await gateway.POST('/v1/chat/completions', {
    body: { model: 'openclaw', messages: [{ role: 'user', content: 'Say hello.' }], stream: true },
    parseAs: 'stream',
  })
  const response = await gateway.POST('/v1/responses', { body: { model: 'openclaw', input: 'Say hello.' } })
  const params = { path: { response_id: response.data?.id ?? '' } }
  const again = await gateway.GET('/v1/responses/{response_id}', { params })
  const items = await gateway.GET('/v1/responses/{response_id}/input_items', { params })
  const finished = await gateway.POST('/v1/responses/{response_id}/cancel', { params })
  const deleted = await gateway.DELETE('/v1/responses/{response_id}', { params })
  const tool = await gateway.POST('/tools/invoke', { body: { tool: 'sessions_list', args: {} } })
  // Every method of the control plane is an operation too.
  const config = await gateway.POST('/rpc/config.get', { body: {} })
  const sessions = await gateway.POST('/rpc/sessions.list', { body: { limit: 10 } })
  // Hooks have a token of their own.
  const own = { authorization: `Bearer ${hookToken}` }
  const told = await gateway.POST('/hooks/wake', { headers: own, body: { text: 'The backup is done.' } })
  const begun = await gateway.POST('/hooks/agent', { headers: own, body: { message: 'Disk of db1 is 92% full.' } })
  const name = { path: { name: 'known' } }
  const mapped = await gateway.POST('/hooks/{name}', { params: name, headers: own, body: { any: 'thing' } })
  const refused = await gateway.GET('/v1/models/{model}', { params: { path: { model: 'nobody' } } })

  let streamed = ''
  for await (const chunk of events<Chunk>(stream.response.body)) streamed += chunk.choices[0]?.delta.content ?? ''
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
    hookMapped: mapped.response.status,
    invokeTool: tool.data?.ok,
    rpcConfigGet: config.data?.result?.valid,
    rpcSessionsList: sessions.data?.result?.sessions.map(({ key }) => key),
    streamed,
    refused: { status: refused.response.status, code: refused.error?.error.code },
  }
}
