import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import {
  HookAgentAnswer,
  HookAgentRequest,
  HookChallengeAnswer,
  HookHeaders,
  HookPayload,
  HookWakeAnswer,
  HookWakeRequest,
  hookErrors,
} from '../schemas/http/hooks.js'
import { ref } from '../schemas/http/named.js'
import { Type } from '../schemas/type.js'
import { answered, callOf, guardHooks, refused } from './_hooks.js'

const security = 'Send `hooks.token`, not the gateway token. Off until `hooks.enabled`; the prefix is `hooks.path`.'
const json = <T>(description: string, schema: T) => ({ description, content: { 'application/json': { schema } } })

const route: FastifyPluginAsyncTypebox = async (app) => {
  // Read once: a change of either rebuilds the app.
  const { path = '/hooks', maxBodyBytes: bodyLimit = 262_144 } = app.runtime.config.current.hooks ?? {}
  const prefix = path.replace(/\/+$/, '')
  const own = [{ hookAuth: [] }]
  const shared = { config: { auth: 'open', errors: 'ok' }, bodyLimit } as const
  guardHooks(app)

  app.post(
    `${prefix}/wake`,
    {
      ...shared,
      schema: {
        operationId: 'hookWake',
        tags: ['Hooks'],
        security: own,
        summary: 'Tell the main session of an agent something',
        description: `The words are on disk when the answer comes. ${security}`,
        headers: HookHeaders,
        body: ref(HookWakeRequest),
        response: { 200: json('It is told.', ref(HookWakeAnswer)), ...hookErrors },
      },
    },
    async (request, reply) => {
      const { opened, call } = callOf(request)
      return answered(reply, await opened.wake(call, request.body))
    },
  )
  app.post(
    `${prefix}/agent`,
    {
      ...shared,
      schema: {
        operationId: 'hookAgent',
        tags: ['Hooks'],
        security: own,
        summary: 'Start a turn of an agent and do not wait for it',
        description:
          'The call is on disk when the answer comes; it runs once, also when the gateway goes down meanwhile. The main ' +
          `session hears how it ended, a chat too with \`channel\` and \`to\`. ${security}`,
        headers: HookHeaders,
        body: ref(HookAgentRequest),
        response: { 200: json('It runs, or will.', ref(HookAgentAnswer)), ...hookErrors },
      },
    },
    async (request, reply) => {
      const { opened, call } = callOf(request)
      return answered(reply, await opened.agent(call, request.body))
    },
  )

  const mapped = {
    ...shared,
    schema: {
      headers: HookHeaders,
      body: ref(HookPayload),
      response: {
        200: json(
          'What the first mapping that fits has started.',
          Type.Union([ref(HookAgentAnswer), ref(HookWakeAnswer), ref(HookChallengeAnswer)]),
        ),
        204: { description: 'The transform of the mapping says that nothing is to be done.' },
        ...hookErrors,
      },
    },
  }
  const described = {
    operationId: 'hookMapped',
    tags: ['Hooks'],
    security: [...own, {}],
    summary: 'Call a mapping of the config',
    description:
      'For senders that cannot be told what to send: `hooks.mappings` makes a turn or words of their body. A sender that ' +
      `signs as its mapping says needs no token. ${security}`,
    params: Type.Object({ name: Type.String({ minLength: 1, description: '`match.path` of a mapping.' }) }),
  }
  app.post(`${prefix}/:name`, { ...mapped, schema: { ...mapped.schema, ...described } }, carryOut)
  // A mapping may be for a path of several parts, which OpenAPI cannot say.
  app.post(`${prefix}/*`, { ...mapped, schema: { ...mapped.schema, hide: true } }, carryOut)
}

const carryOut = async (request: Parameters<typeof callOf>[0], reply: Parameters<typeof answered>[0]) => {
  const { opened, call } = callOf(request)
  const answer = await opened.mapped(call, request.body as object).catch((thrown: unknown) => {
    throw refused(thrown, reply)
  })
  return answer ? answered(reply, answer) : reply.code(204).send()
}

export default route
