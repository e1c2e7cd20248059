import { Type } from '../../schemas/type.js'
import { agentIdText } from '../../schemas/ws/sessions.js'
import {
  MessagesSubscribeParams,
  MessagesSubscribeResult,
  SessionsSubscribeParams,
  SessionsSubscribeResult,
} from '../../schemas/ws/sessions-turns.js'
import { GatewayError } from '../../src/kernel/errors.js'
import type { Peer } from '../../src/live/peer.js'
import { family, method } from './_method.js'
import { listQuery } from './sessions.js'

/** Sessions whose messages one socket may watch. */
const maxWatched = 256

export default family({
  'sessions.subscribe': method({
    summary: 'Asks for `sessions.changed` events on this socket',
    description: 'With the params of `sessions.list` the answer has a first page.',
    scope: 'operator.read',
    params: SessionsSubscribeParams,
    result: SessionsSubscribeResult,
    async handler({ runtime, peer }, params) {
      socketOf(peer).wantsSessions = true
      if (Object.keys(params).length === 0) return { subscribed: true as const }
      const list = await runtime.sessions.list(listQuery(params))
      return { subscribed: true as const, list: { path: runtime.instance.paths.database, owners: [], ...list } }
    },
  }),
  'sessions.messages.subscribe': method({
    summary: 'Asks for the messages of one session as events',
    scope: 'operator.read',
    params: MessagesSubscribeParams,
    result: MessagesSubscribeResult,
    handler({ runtime, peer }, { key: given, agentId }) {
      const { messageKeys } = socketOf(peer)
      const { key } = runtime.sessions.context.name(given, agentId)
      if (messageKeys.size >= maxWatched && !messageKeys.has(key)) {
        throw new GatewayError('invalid_request', { message: `One socket watches at most ${maxWatched} sessions.` })
      }
      messageKeys.add(key)
      return { subscribed: true, key }
    },
  }),
  'sessions.messages.unsubscribe': method({
    summary: 'Ends the message events of one session',
    scope: 'operator.read',
    params: MessagesSubscribeParams,
    result: MessagesSubscribeResult,
    handler({ runtime, peer }, { key: given, agentId }) {
      const { key } = runtime.sessions.context.name(given, agentId)
      socketOf(peer).messageKeys.delete(key)
      return { subscribed: false, key }
    },
  }),
  'sessions.viewers.set': method({
    summary: 'Names the sessions that this client shows',
    description: 'Shown in `system-presence`. Answers their canonical keys.',
    scope: 'operator.read',
    params: Type.Object({
      agentId: agentIdText,
      sessionKeys: Type.Array(Type.String({ minLength: 1, maxLength: 512 }), { maxItems: 32 }),
    }),
    result: Type.Object({ sessionKeys: Type.Array(Type.String()) }),
    handler({ runtime, peer }, { agentId, sessionKeys: given }) {
      const sessionKeys = given.map((key) => runtime.sessions.context.name(key, agentId).key)
      if (peer) runtime.presence.watches(peer, sessionKeys)
      return { sessionKeys }
    },
  }),
  'sessions.observer.visibility': method({
    summary: 'Tells whether somebody looks at this client',
    description: 'Taken and not used: there are no summaries to hold back while nobody looks.',
    scope: 'operator.read',
    params: Type.Object({ visible: Type.Boolean() }),
    result: Type.Object({ ok: Type.Literal(true) }),
    handler: () => ({ ok: true as const }),
  }),
})

/** Events need a socket to come over. */
function socketOf(peer: Peer | undefined): Peer {
  if (peer) return peer
  throw new GatewayError('invalid_request', { message: 'Events come over a WebSocket. Call this on one.' })
}
