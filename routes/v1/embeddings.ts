import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { EmbeddingList, EmbeddingRequest } from '../../schemas/http/embeddings.js'
import { apiErrors } from '../../schemas/http/error.js'
import { AgentHeaders } from '../../schemas/http/headers.js'
import { ref } from '../../schemas/http/named.js'
import { selectAgent } from '../../src/agents/select.js'
import { GatewayError } from '../../src/kernel/errors.js'
import { checkModelOverride, turnStop } from '../_turn.js'

const bodyLimit = 20 * 1024 * 1024

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { agents } = app.runtime
  app.post(
    '/embeddings',
    {
      config: { auth: 'operator', scope: 'operator.write' },
      bodyLimit,
      onRequest: app.requireEndpoint('embeddings'),
      preValidation: refuseTokens,
      schema: {
        operationId: 'createEmbedding',
        tags: ['Embeddings'],
        summary: 'Turn text into vectors',
        description: 'Needs `agents.defaults.embeddingModel` in the config.',
        headers: AgentHeaders,
        body: ref(EmbeddingRequest),
        response: {
          200: { description: 'The vectors.', content: { 'application/json': { schema: ref(EmbeddingList) } } },
          ...apiErrors,
        },
      },
    },
    async (request, reply): Promise<EmbeddingList> => {
      const { model, input, dimensions, encoding_format: format } = request.body
      const agent = selectAgent(agents.roster(), model, request.headers['x-openclaw-agent-id'])
      checkModelOverride(request)
      const { vectors, inputTokens } = await agents.embed({
        agent,
        input: typeof input === 'string' ? [input] : input,
        signal: turnStop(request, reply),
        ...(typeof dimensions === 'number' ? { dimensions } : {}),
        ...(request.headers['x-openclaw-model'] ? { modelOverride: request.headers['x-openclaw-model'] } : {}),
      })
      reply.header('cache-control', 'no-store')
      return {
        object: 'list',
        data: vectors.map((vector, index) => ({
          object: 'embedding' as const,
          index,
          embedding: format === 'base64' ? toBase64(vector) : [...vector],
        })),
        model,
        usage: { prompt_tokens: inputTokens, total_tokens: inputTokens },
      }
    },
  )
}

/** Arrays of tokens are valid in OpenAI's API, so they are refused in words of their own (spec/http.md section 8). */
async function refuseTokens({ body }: FastifyRequest): Promise<void> {
  const input = typeof body === 'object' && body !== null && 'input' in body ? body.input : undefined
  if (!Array.isArray(input) || !input.some((item) => typeof item === 'number' || Array.isArray(item))) return
  throw new GatewayError('unsupported_value', {
    message: 'Token arrays are not supported: their numbers mean something only to one model. Send the text.',
    param: 'input',
  })
}

/** Little-endian float32, as the official SDKs decode it. */
function toBase64(vector: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(vector.length * 4)
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4)
  return bytes.toString('base64')
}

export default route
