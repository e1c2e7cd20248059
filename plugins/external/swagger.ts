import type { FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import type { FastifySwaggerUiOptions } from '@fastify/swagger-ui'
import { finishDocument } from './document.js'

const tags = [
  { name: 'Chat', description: 'Turns of an agent, in the shape of OpenAI chat completions.' },
  { name: 'Responses', description: 'Turns of an agent, in the shape of OpenAI responses.' },
  { name: 'Models', description: 'The agents of this gateway, listed as models.' },
  { name: 'Embeddings', description: 'Vectors from the configured embedding model.' },
  { name: 'Tools', description: 'Tools of the gateway, called without a model.' },
  { name: 'Hooks', description: 'Calls of other programs that start turns; with a token of their own.' },
  { name: 'Health', description: 'Probes and metrics.' },
]

/** How routes become the OpenAPI 3.1 document (spec/http.md section 11). */
export function swaggerOptions(version: string): FastifyDynamicSwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'openclaw gateway',
        version,
        description:
          'A self-hosted AI-agent gateway. Send the gateway token as `Authorization: Bearer <token>`. ' +
          'Failures have the shape `OpenAIError`, of tools and the control plane `RpcFailure`; every answer carries ' +
          '`x-request-id`.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'This gateway' }],
      tags,
      components: {
        securitySchemes: {
          bearerAuth: { type: 'http', scheme: 'bearer', bearerFormat: 'opaque', description: 'The gateway token.' },
          hookAuth: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'opaque',
            description: 'The value of hooks.token.',
          },
        },
      },
      security: [{ bearerAuth: [] }],
    },
    hideUntagged: true,
    convertConstToEnum: false,
    refResolver: { buildLocalReference: (json, _base, _fragment, index) => String(json.$id ?? `def-${index}`) },
    transform: ({ schema, url, route }) => ({
      // A door with a token of its own says so itself.
      schema: route.config?.auth === 'open' ? { security: [], ...schema } : schema,
      url,
    }),
    transformObject: (collected) =>
      finishDocument('openapiObject' in collected ? collected.openapiObject : {}) as object,
  }
}

export const swaggerUiOptions: FastifySwaggerUiOptions = {
  routePrefix: '/docs',
  // Own origin only, and no forced https: the page must work over plain http in a LAN.
  staticCSP: {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'", 'data:'],
    'connect-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
  },
  theme: { title: 'openclaw gateway' },
  uiConfig: {
    // Without the bar that asks for the address of another document.
    layout: 'BaseLayout',
    persistAuthorization: true,
    tryItOutEnabled: true,
    docExpansion: 'list',
    displayOperationId: true,
    // The default asks a validator on the internet.
    validatorUrl: null,
  },
}
