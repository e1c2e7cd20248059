import fp from 'fastify-plugin'
import * as chat from '../../schemas/http/chat-completions.js'
import * as embeddings from '../../schemas/http/embeddings.js'
import * as error from '../../schemas/http/error.js'
import * as health from '../../schemas/http/health.js'
import * as hooks from '../../schemas/http/hooks.js'
import * as models from '../../schemas/http/models.js'
import * as responses from '../../schemas/http/responses.js'
import * as rpc from '../../schemas/http/rpc.js'
import * as toolsInvoke from '../../schemas/http/tools-invoke.js'

/** Makes every named schema known by its `$id`, for `$ref`s in routes and for the OpenAPI document. */
export default fp(
  async (app) => {
    const exported = [chat, embeddings, error, health, hooks, models, responses, rpc, toolsInvoke].flatMap(
      (module): unknown[] => Object.values(module),
    )
    for (const schema of exported) {
      if (typeof schema === 'object' && schema !== null && '$id' in schema) app.addSchema(schema)
    }
  },
  { name: 'schemas' },
)
