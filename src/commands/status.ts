import { queueSettings } from '../sessions/queue-settings.js'
import type { ChatCommand, CommandCall } from './_types.js'

/** Entries that are looked through for the model that answered last. */
const lookBack = 50

export default {
  summary: 'Model, context, queue, walls and gateway of this session',
  access: 'anyone',
  inline: true,
  async run(call) {
    const { session, row, services, channel } = call
    const { context } = services.sessions
    const { contextWindow } = context.modelFacts(session.agent, row?.entry.model)
    const used = row?.spent.context
    const share = used !== undefined && contextWindow ? `, ${Math.round((used / contextWindow) * 100)} %` : ''
    const { input = 0, output = 0, cost } = row?.spent ?? {}
    const { mode } = queueSettings(services.config(), row?.entry, { channel })
    const runs = context.options.agents.live.of(session.key)
    const running = runs.filter((run) => run.running && !run.host).length
    const waiting = runs.filter((run) => !run.running).length
    const { sandboxed, host, security, ask } = services.exec(session)
    const {
      thinkingLevel = 'default',
      verboseLevel = 'off',
      reasoningLevel = 'off',
      elevatedLevel = services.elevatedDefault(session.agent) ?? 'ask',
    } = row?.entry ?? {}
    const { profile, port, version, startedAt } = services.gateway()
    return [
      `Gateway: profile ${profile}, port ${port}, version ${version}, up ${spanOf(services.clock.now() - startedAt)}`,
      `Session: ${session.key} (agent ${session.agent})`,
      await modelLine(call),
      `Context: ${used ?? 0} of ${contextWindow ?? 'unknown'} tokens${share}`,
      `Spent: ${input} in, ${output} out${cost === undefined ? '' : `, $${cost.toFixed(4)}`}`,
      `Queue: ${mode}, ${running} running, ${waiting} waiting`,
      `Exec: ${sandboxed ? 'sandbox' : host}, security=${security} ask=${ask}, elevated ${elevatedLevel}`,
      `Think: ${thinkingLevel}, verbose ${verboseLevel}, reasoning ${reasoningLevel}`,
    ].join('\n')
  },
} satisfies ChatCommand

async function modelLine({ row, session, services }: CommandCall): Promise<string> {
  const { primary, fallbacks } = services.catalog().forAgent(session.agent)
  const own = row?.entry.model
  const entries = row ? await services.sessions.context.store.transcripts.tail(session.key, lookBack) : []
  const last = entries.findLast(({ body }) => body.kind === 'message' && body.by !== undefined && !body.command)
  const answered = last?.body.kind === 'message' ? last.body.by?.model : undefined
  const line = own === undefined ? `Model: ${primary}` : `Model: ${own}, set for this session`
  const spare = own === undefined && fallbacks.length > 0 ? `; fallbacks: ${fallbacks.join(', ')}` : ''
  const instead =
    answered !== undefined && answered !== (own ?? primary) ? `; the last answer came from ${answered}` : ''
  return line + spare + instead
}

function spanOf(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}
