import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { ref } from '../../schemas/http/named.js'
import { RpcFailure } from '../../schemas/http/rpc.js'
import { ToolInvokeRequest, ToolInvokeResult } from '../../schemas/http/tools-invoke.js'
import { Type } from '../../schemas/type.js'
import { hasScope } from '../../src/auth/scopes.js'
import { GatewayError } from '../../src/kernel/errors.js'
import { abortSignalOf, type StopSignal, whileRunning } from '../../src/kernel/stop.js'
import type { DirectResult } from '../../src/live/direct-tools.js'
import { turnStop } from '../_turn.js'

/** spec/http.md section 3. */
const bodyLimit = 2 * 1024 * 1024

const failures = {
  400: 'The request or the arguments are not valid, or the tool could not do what was asked.',
  401: 'No or a wrong credential.',
  403: 'The tool policy does not allow it: `error.details` names the rule. Or the caller may not call tools.',
  404: 'There is no such tool.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  422: 'The idempotency key was used for another call.',
  429: 'Too many failed attempts.',
  500: 'The tool failed.',
  503: 'The gateway is starting or stopping.',
} as const

const failure = (description: string) => ({ description, content: { 'application/json': { schema: ref(RpcFailure) } } })

const route: FastifyPluginAsyncTypebox = async (app) => {
  app.post(
    '/invoke',
    {
      config: { auth: 'operator', scope: 'operator.write', errors: 'ok' },
      bodyLimit,
      schema: {
        operationId: 'invokeTool',
        tags: ['Tools'],
        summary: 'Call one tool',
        description:
          'Calls a tool without a model, under the tool policy of the session. Tools that run commands, change files, ' +
          'steer sessions or the gateway are denied here unless `gateway.tools.allow` names them.',
        headers: Type.Object({
          'idempotency-key': Type.Optional(Type.String({ description: 'The same as `idempotencyKey`.' })),
          'x-openclaw-account-id': Type.Optional(
            Type.String({ description: 'Account of the channel in the session key, for the policy of its groups.' }),
          ),
        }),
        body: ref(ToolInvokeRequest),
        response: {
          200: {
            description: 'What the tool gave.',
            content: { 'application/json': { schema: ref(ToolInvokeResult) } },
          },
          ...Object.fromEntries(Object.entries(failures).map(([status, text]) => [status, failure(text)])),
        },
      },
    },
    async (request, reply) => {
      const { body, headers } = request
      const account = headers['x-openclaw-account-id']
      const key = body.idempotencyKey ?? headers['idempotency-key']
      const call = (stop: StopSignal) => invoke(request, body, account, abortSignalOf(stop))
      const { result } = await (key === undefined
        ? call(turnStop(request, reply))
        : callOnce(request, key, call, JSON.stringify([{ ...body, idempotencyKey: key }, account])))
      reply.header('cache-control', 'no-store')
      const { content, details } = result
      return { ok: true as const, result: { content: [...content], ...(details && { details: { ...details } }) } }
    },
  )
}

async function invoke(
  { server, identity }: FastifyRequest,
  { tool, name = tool, action, args = {}, sessionKey, agentId, dryRun }: ToolInvokeRequest,
  account: string | undefined,
  signal: AbortSignal,
): Promise<DirectResult> {
  if (name === undefined)
    throw new GatewayError('invalid_request', { message: 'tools.invoke requires name', param: 'tool' })
  const tools = await server.runtime.directTools()
  return tools.call({
    name,
    args: action === undefined ? args : { action, ...args },
    agentId,
    sessionKey,
    account,
    owner: hasScope(identity?.scopes ?? [], 'operator.admin'),
    origin: 'http',
    dryRun,
    signal,
  })
}

/**
 * A call that may come back goes on when its caller leaves. Two callers who happen to choose the same key do not see each
 * other's results.
 */
function callOnce<T>(
  { identity, server: { runtime } }: FastifyRequest,
  key: string,
  call: (stop: StopSignal) => Promise<T>,
  asked: string,
): Promise<T> {
  const own = JSON.stringify(['POST /tools/invoke', identity?.user ?? identity?.method, key])
  return runtime.once.run(own, () => whileRunning(runtime.stopping, call), { asked })
}

export default route
