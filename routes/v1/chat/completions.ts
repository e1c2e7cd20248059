import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import {
  ChatCompletion,
  ChatCompletionChunk,
  ChatCompletionRequest,
  type GatewayToolEvent,
} from '../../../schemas/http/chat-completions.js'
import { apiErrors } from '../../../schemas/http/error.js'
import { TurnHeaders, turnAnswerHeaders } from '../../../schemas/http/headers.js'
import { ref } from '../../../schemas/http/named.js'
import type { RunEmit, RunResult } from '../../../src/agents/types.js'
import { defaultImageLimits, type ImageLimits } from '../../../src/models/image.js'
import { toolEvent } from '../../_tool-events.js'
import { type BeginTurn, callerOf, checkModelOverride, collectTurns, openTurns, turnStop } from '../../_turn.js'
import { answerHead, wholeAnswer } from './_answer.js'
import { readChatCall } from './_request.js'
import { streamAnswer } from './_stream.js'

const defaultBodyLimit = 20 * 1024 * 1024

const route: FastifyPluginAsyncTypebox = async (app) => {
  const { talk, sessions, clock, instance, config } = app.runtime
  // Read once: a change under gateway.* rebuilds the app.
  const endpoint = config.current.gateway?.http?.endpoints?.chatCompletions
  const bodyLimit = endpoint?.maxBodyBytes ?? defaultBodyLimit
  const imageLimits: ImageLimits = {
    maxImages: endpoint?.maxImageParts ?? defaultImageLimits.maxImages,
    maxBytes: endpoint?.images?.maxBytes ?? defaultImageLimits.maxBytes,
    maxTotalBytes: endpoint?.maxTotalImageBytes ?? defaultImageLimits.maxTotalBytes,
  }
  app.post(
    '/completions',
    {
      config: { auth: 'operator', scope: 'operator.write', idempotent: true },
      bodyLimit,
      onRequest: app.requireEndpoint('chatCompletions'),
      schema: {
        operationId: 'createChatCompletion',
        tags: ['Chat'],
        summary: 'Run one turn of an agent',
        description:
          'OpenAI-compatible. With `stream: true` the answer is server-sent events, one `ChatCompletionChunk` each, ' +
          'ended by `data: [DONE]`; a failure after the first event is an event with an `error` object. Calls stand ' +
          'alone unless `user` or `x-openclaw-session-key` names a session.',
        headers: TurnHeaders,
        body: ref(ChatCompletionRequest),
        response: {
          200: {
            description: 'The answer.',
            headers: turnAnswerHeaders,
            content: {
              'application/json': { schema: ref(ChatCompletion) },
              'text/event-stream': { schema: ref(ChatCompletionChunk) },
            },
          },
          ...apiErrors,
        },
      },
    },
    async (request, reply) => {
      const arrivedAt = clock.monotonic()
      checkModelOverride(request)
      const stop = turnStop(request, reply)
      const { body, headers } = request
      const rules = sessions.context.rules()
      const caller = callerOf(request)
      const call = readChatCall({ body, headers, rules, limits: imageLimits, caller, signal: stop })
      const head = answerHead(call.model, clock.now(), instance.version)
      if (call.run.sessionKey !== undefined) reply.header('x-openclaw-session-key', encodeURI(call.run.sessionKey))
      const begin = (emit: RunEmit) => talk.run(call.run, emit)
      const begins = Array.from({ length: call.choices }, () => begin)
      if (call.run.stream) {
        const turns = await openTurns(begins, stop)
        const promptBytes = turns[0]?.start?.promptBytes
        if (promptBytes !== undefined) reply.header('x-prompt-bytes', promptBytes)
        return streamAnswer(reply, call, head, turns, stop)
      }
      const tools: GatewayToolEvent[] = []
      const watched = call.showTools ? watching(begins, tools) : begins
      const turns = await collectTurns(watched, stop)
      const results = turns.map((turn): RunResult => turn.result)
      const total = clock.monotonic() - arrivedAt
      const modelMs = Math.max(...results.map((result) => result.modelMs))
      reply.header('x-prompt-bytes', turns[0]?.promptBytes ?? 0)
      reply.header('openai-processing-ms', Math.round(total))
      reply.header('x-gateway-overhead-ms', Math.max(total - modelMs, 0).toFixed(2))
      reply.header('cache-control', 'no-store')
      const answer = wholeAnswer(head, results, call.legacyFunctions)
      return call.showTools ? { ...answer, x_openclaw_tools: tools } : answer
    },
  )
}

/** The same turns, whose tool calls are noted. */
function watching(begins: readonly BeginTurn[], tools: GatewayToolEvent[]): BeginTurn[] {
  return begins.map((begin, index) => (emit) => {
    return begin((event) => {
      const tool = toolEvent(event)
      if (tool) tools.push({ index, ...tool })
      return emit(event)
    })
  })
}

export default route
