import type { SessionRow } from '../../schemas/ws/rows/session.js'
import type { Clock } from '../kernel/clock.js'
import type { Bus } from '../kernel/events.js'
import { KeyedMutex } from '../kernel/keyed-mutex.js'
import type { Logger } from '../kernel/logger.js'
import { chatMessage } from '../sessions/messages.js'
import type { Sessions } from '../sessions/sessions.js'
import type { Appended } from '../storage/types.js'
import type { GatewayEvents } from './events.js'
import type { Hub } from './hub.js'
import type { Peer } from './peer.js'

export interface SessionFeedServices {
  readonly hub: Hub
  readonly clock: Clock
  readonly log: Logger
  readonly sessions: Pick<Sessions, 'context'>
}

/** Characters of one text in an event; the whole is in the history. */
const maxChars = 500_000

/** What changed: `reason` for what somebody did, `phase` for where a turn is. */
interface Change {
  readonly sessionKey: string
  readonly agent: string
  readonly reason?: string
  readonly phase?: 'start' | 'end'
  readonly runId?: string | undefined
}

const wantsSessions = (peer: Peer) => peer.wantsSessions

/**
 * Sends `sessions.changed` and `session.message` to the sockets that asked for them (spec/protocol.md section 3). The
 * events of one session go out in the order in which things happened.
 */
export class SessionFeed {
  readonly #services: SessionFeedServices
  readonly #order = new KeyedMutex()

  constructor(services: SessionFeedServices) {
    this.#services = services
  }

  /** Listens; the returned function stops. */
  follow(bus: Bus<GatewayEvents>): () => void {
    const undo = [
      bus.on('session.changed', (change) => this.#changed(change)),
      bus.on('run.started', ({ runId, sessionKey, agent }) =>
        this.#changed({ runId, sessionKey, agent, reason: 'agent.run.started', phase: 'start' }),
      ),
      bus.on('run.finished', ({ runId, sessionKey, agent }) => {
        if (sessionKey !== undefined) this.#changed({ runId, sessionKey, agent, phase: 'end' })
      }),
      bus.on('run.joined', ({ runId, sessionKey, agent }) => this.#changed({ runId, sessionKey, agent, phase: 'end' })),
      bus.on('run.refused', ({ runId, sessionKey, agent }) =>
        this.#changed({ runId, sessionKey, agent, phase: 'end' }),
      ),
      bus.on('transcript.appended', (written) => this.#said(written)),
    ]
    return () => {
      for (const stop of undo) stop()
    }
  }

  #changed({ sessionKey, agent, ...what }: Change): void {
    const { hub, clock } = this.#services
    if (!hub.wants('sessions.changed', wantsSessions)) return
    this.#withRow(sessionKey, (session) => {
      const payload = { ...session, sessionKey, agentId: agent, ...what, ts: clock.now(), session: session ?? null }
      hub.broadcast('sessions.changed', payload, { to: wantsSessions })
    })
  }

  #said({ sessionKey, sessionId, agent, entries }: Appended): void {
    const { hub } = this.#services
    const watches = (peer: Peer) => peer.messageKeys.has(sessionKey)
    if (!hub.wants('session.message', watches)) return
    this.#withRow(sessionKey, (session) => {
      for (const entry of entries) {
        const message = chatMessage(sessionId, entry, { maxChars })
        if (!message) continue
        const { id: messageId, seq: messageSeq } = message.__openclaw
        const payload = { sessionKey, agentId: agent, message, messageId, messageSeq, session: session ?? null }
        hub.broadcast('session.message', payload, { to: watches })
      }
    })
  }

  /** Reads the session as it is now, then tells; one event of a session after the other. */
  #withRow(key: string, tell: (row: SessionRow | undefined) => void): void {
    const { sessions, log } = this.#services
    const read = async () => {
      const row = await sessions.context.store.sessions.get(key)
      tell(row && sessions.context.row(row, { titles: true, previews: true }))
    }
    this.#order.run(key, read).catch((err: unknown) => log.error({ err }, 'clients were not told of a session'))
  }
}
