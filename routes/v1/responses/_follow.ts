import type { FastifyReply, FastifyRequest } from 'fastify'
import { GatewayError } from '../../../src/kernel/errors.js'
import type { Runtime } from '../../../src/runtime.js'
import { SseStream } from '../../_sse.js'
import { turnStop } from '../../_turn.js'

/**
 * Sends the events of a background response after a number: those that were, from the store or the running response, and
 * those to come. A reader that goes away changes nothing. Throws `invalid_request` when the response has no events.
 */
export async function followResponse(
  { responses, store }: Runtime,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
  after: number,
): Promise<void> {
  const signal = turnStop(request, reply)
  const running = responses.follow(id, after, signal)
  const stored = running ? [] : await store.responses.events(id, after)
  if (!running && stored.length === 0 && after < 0) {
    const message = 'This response was not created with background and stream, so it has no events to send again.'
    throw new GatewayError('invalid_request', { message, param: 'stream' })
  }
  const stream = new SseStream(reply)
  for await (const { number, type, json } of running ?? stored) await stream.send(json, { event: type, id: number })
  if (signal.aborted) stream.destroy()
  else stream.end()
}
