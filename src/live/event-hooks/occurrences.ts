import type { HookEventName } from '../../../schemas/config/hook-events.js'
import type { Bus } from '../../kernel/events.js'
import type { GatewayEvents } from '../events.js'

/** Longest text of a message or an answer that is told. */
const longestText = 4_000

/** Something happened that hooks may be for. */
export type Occurred = (event: HookEventName, data: object) => void

type Listen = (bus: Bus<GatewayEvents>, occurred: Occurred) => () => void

/** Where each event comes from; what the gateway tells of its own start and end is in `open.ts`. */
export const sources: Readonly<Partial<Record<HookEventName, Listen>>> = {
  'session:start': (bus, occurred) =>
    bus.on('transcript.appended', ({ sessionKey, sessionId, agent, entries }) => {
      if (entries[0]?.seq === 0) occurred('session:start', { sessionKey, sessionId, agentId: agent })
    }),
  'session:reset': (bus, occurred) =>
    bus.on('session.changed', ({ sessionKey, agent, reason }) => {
      if (reason === 'reset') occurred('session:reset', { sessionKey, agentId: agent })
    }),
  'turn:end': (bus, occurred) =>
    bus.on(
      'run.finished',
      ({ runId, sessionKey, agent, provider, model, origin, outcome, durationMs, usage, final }) => {
        const said = final.type === 'end' ? { text: cut(final.result.text) } : {}
        const why = final.type === 'error' ? { error: { code: final.error.code, message: final.error.message } } : {}
        const about = { runId, sessionKey, agentId: agent, provider, model, origin, outcome, durationMs, usage }
        occurred('turn:end', { ...about, ...said, ...why })
      },
    ),
  'message:received': (bus, occurred) =>
    bus.on('message.received', ({ text, agent, ...about }) => {
      occurred('message:received', { ...about, agentId: agent, text: cut(text) })
    }),
  'message:sent': (bus, occurred) =>
    bus.on('message.sent', ({ text, ...about }) => occurred('message:sent', { ...about, text: cut(text) })),
  'cron:finished': (bus, occurred) =>
    bus.on('cron.finished', ({ id, jobId, jobName, agent, at, endedAt, status, report }) => {
      const { error, summary, sessionKey, deliveryStatus } = report ?? {}
      const about = { runId: id, jobId, name: jobName, agentId: agent, status, runAtMs: at }
      const durationMs = endedAt === undefined ? undefined : Math.max(endedAt - at, 0)
      occurred('cron:finished', { ...about, durationMs, error, summary, sessionKey, deliveryStatus })
    }),
}

const cut = (text: string) => text.slice(0, longestText)
