import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { apiErrors, readErrors } from '../../../schemas/http/error.js'
import { TurnHeaders, turnAnswerHeaders } from '../../../schemas/http/headers.js'
import { ref } from '../../../schemas/http/named.js'
import {
  ResponseDeleted,
  ResponseItemList,
  ResponseObject,
  ResponseRequest,
  ResponseStreamEvent,
} from '../../../schemas/http/responses.js'
import { Type } from '../../../schemas/type.js'
import { GatewayError } from '../../../src/kernel/errors.js'
import { defaultImageLimits, type ImageLimits } from '../../../src/models/image.js'
import type { ResponseRow } from '../../../src/storage/types.js'
import { wantsTools } from '../../_tool-events.js'
import { callerOf, checkModelOverride, turnStop } from '../../_turn.js'
import { createBackground, createStream, createWhole } from './_create.js'
import { followResponse } from './_follow.js'
import { readResponseCall } from './_request.js'
import { newResponse } from './_response.js'
import { isUnfinished } from './_run.js'

const defaultBodyLimit = 20 * 1024 * 1024
const IdParams = Type.Object({ response_id: Type.String({ description: '`resp_...`' }) })
const json = <T extends object>(description: string, schema: T) => ({
  description,
  content: { 'application/json': { schema } },
})
const responseAnswer = json('The response.', ref(ResponseObject))

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { runtime } = app
  const { sessions, clock, store, config } = runtime
  const endpoint = config.current.gateway?.http?.endpoints?.responses
  const limits: ImageLimits = {
    ...defaultImageLimits,
    maxBytes: endpoint?.images?.maxBytes ?? defaultImageLimits.maxBytes,
  }
  const onRequest = app.requireEndpoint('responses')
  const write = { config: { auth: 'operator', scope: 'operator.write' }, onRequest } as const
  const read = { config: { auth: 'operator', scope: 'operator.read' }, onRequest } as const

  app.post(
    '/',
    {
      ...write,
      config: { ...write.config, idempotent: true },
      bodyLimit: endpoint?.maxBodyBytes ?? defaultBodyLimit,
      schema: {
        operationId: 'createResponse',
        tags: ['Responses'],
        summary: 'Run one turn of an agent as a response',
        description:
          'OpenAI-compatible. With `stream: true` the answer is server-sent events, each with a `sequence_number`, ended ' +
          'by exactly one of `response.completed`, `response.incomplete`, `response.failed`. `previous_response_id` goes ' +
          'on from a stored response, several times if wanted.',
        headers: TurnHeaders,
        body: ref(ResponseRequest),
        response: {
          200: {
            description: 'The answer.',
            headers: turnAnswerHeaders,
            content: {
              'application/json': { schema: ref(ResponseObject) },
              'text/event-stream': { schema: ref(ResponseStreamEvent) },
            },
          },
          ...apiErrors,
        },
      },
    },
    async (request, reply) => {
      checkModelOverride(request)
      const { body, headers } = request
      const owner = ownerOf(request)
      const previous = body.previous_response_id
      const known = previous ? await store.responses.conversation(previous, owner) : []
      if (!known) throw new GatewayError('previous_response_not_found', { param: 'previous_response_id' })
      if (previous) checkFinished(await must(request, previous))
      const { fresh, run } = readResponseCall(body, headers, sessions.context.rules(), limits, known)
      const call = { fresh, run: { ...run, caller: callerOf(request) } }
      const response = newResponse(body, clock.now())
      const keeping = { store, clock, owner, input: JSON.stringify(inputItems(body.input)), fresh: call.fresh }
      if (call.run.sessionKey !== undefined) reply.header('x-openclaw-session-key', encodeURI(call.run.sessionKey))
      const creating = {
        runtime,
        reply,
        call,
        response,
        keeping,
        stop: turnStop(request, reply),
        showTools: wantsTools(request),
      }
      reply.header('cache-control', 'no-store')
      if (!body.background) return body.stream ? createStream(creating) : createWhole(creating)
      const queued = await createBackground(creating)
      return body.stream ? followResponse(runtime, request, reply, queued.id, -1) : queued
    },
  )

  app.get(
    '/:response_id',
    {
      ...read,
      schema: {
        operationId: 'retrieveResponse',
        tags: ['Responses'],
        summary: 'Read a stored response again',
        description:
          'With `stream=true` the events of a background response are sent after `starting_after`, or after the ' +
          '`Last-Event-ID` header; those to come follow.',
        params: IdParams,
        querystring: Type.Object({
          stream: Type.Optional(Type.String({ enum: ['true', 'false'] })),
          starting_after: Type.Optional(Type.String({ pattern: '^\\d{1,9}$', description: 'A `sequence_number`.' })),
        }),
        headers: Type.Object({ 'last-event-id': Type.Optional(Type.String({ pattern: '^\\d{1,9}$' })) }),
        response: { 200: responseAnswer, ...readErrors },
      },
    },
    async (request, reply) => {
      const row = await must(request, request.params.response_id)
      const { stream, starting_after: startingAfter } = request.query
      const after = startingAfter ?? request.headers['last-event-id']
      if (stream === 'true')
        return followResponse(runtime, request, reply, row.id, after === undefined ? -1 : Number(after))
      reply.header('cache-control', 'no-store')
      return JSON.parse(row.response) as ResponseObject
    },
  )

  app.delete(
    '/:response_id',
    {
      ...write,
      schema: {
        operationId: 'deleteResponse',
        tags: ['Responses'],
        summary: 'Forget a stored response',
        params: IdParams,
        response: { 200: json('It is gone.', ref(ResponseDeleted)), ...readErrors },
      },
    },
    async (request) => {
      const id = request.params.response_id
      runtime.responses.cancel((await must(request, id)).id)
      await runtime.responses.settled(id)
      await store.responses.delete(id, ownerOf(request))
      return { id, object: 'response' as const, deleted: true }
    },
  )

  app.post(
    '/:response_id/cancel',
    {
      ...write,
      schema: {
        operationId: 'cancelResponse',
        tags: ['Responses'],
        summary: 'Call a background response off',
        params: IdParams,
        response: { 200: responseAnswer, ...readErrors },
      },
    },
    async (request, reply) => {
      const row = await must(request, request.params.response_id)
      if (!isUnfinished(row)) {
        throw new GatewayError('invalid_request', {
          message: 'Only a background response that is not finished can be cancelled.',
        })
      }
      runtime.responses.cancel(row.id)
      await runtime.responses.settled(row.id)
      reply.header('cache-control', 'no-store')
      return JSON.parse((await must(request, row.id)).response) as ResponseObject
    },
  )

  app.get(
    '/:response_id/input_items',
    {
      ...read,
      schema: {
        operationId: 'listResponseInputItems',
        tags: ['Responses'],
        summary: 'List what a response was asked with',
        params: IdParams,
        response: { 200: json('The items, newest first.', ref(ResponseItemList)), ...readErrors },
      },
    },
    async (request, reply) => {
      const row = await must(request, request.params.response_id)
      const data = (JSON.parse(row.input) as { id: string }[]).reverse()
      reply.header('cache-control', 'no-store')
      const ends = { first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }
      return { object: 'list' as const, data, ...ends, has_more: false }
    },
  )

  async function must(request: FastifyRequest, id: string): Promise<ResponseRow> {
    const row = await store.responses.get(id, ownerOf(request))
    if (!row) throw new GatewayError('response_not_found', { param: 'response_id' })
    return row
  }
}

/** What is still written, or broke off, has no answer to go on from. Throws `invalid_request`. */
function checkFinished({ response }: ResponseRow): void {
  const { status } = JSON.parse(response) as ResponseObject
  if (status === 'completed' || status === 'incomplete') return
  throw new GatewayError('invalid_request', {
    message: `The previous response is ${status}: there is no answer to go on from.`,
    param: 'previous_response_id',
  })
}

/** Users behind a proxy do not see each other's responses; the holders of the shared secret are one. */
function ownerOf({ identity }: FastifyRequest): string {
  return identity?.user === undefined ? 'operator' : `user:${identity.user}`
}

/** As OpenAI lists them: every item has an id and a type. */
function inputItems(input: ResponseRequest['input']): object[] {
  const items = typeof input === 'string' ? [{ role: 'user', content: [{ type: 'input_text', text: input }] }] : input
  return items.map((item, index) => ({ id: `item_${index}`, type: 'message', status: 'completed', ...item }))
}

export default route
