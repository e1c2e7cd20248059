import type { CronDeliveryPatch, CronPayloadPatch, CronSchedule } from '../../../schemas/cron.js'
import { parseDuration } from '../../kernel/duration.js'
import type { CommandContext } from '../context.js'
import type { OptionDefinitions, OptionValues } from '../define.js'
import { usageError } from '../usage.js'

/** What `cron add` and `cron edit` say of a job. */
export const jobOptions = {
  name: { kind: 'text', value: 'name', text: 'cron.option.name' },
  description: { kind: 'text', value: 'text', text: 'cron.option.description' },
  at: { kind: 'text', value: 'time', text: 'cron.option.at' },
  every: { kind: 'text', value: 'duration', text: 'cron.option.every' },
  cron: { kind: 'text', value: 'expression', text: 'cron.option.cron' },
  tz: { kind: 'text', value: 'zone', text: 'cron.option.tz' },
  stagger: { kind: 'text', value: 'duration', text: 'cron.option.stagger' },
  exact: { kind: 'flag', text: 'cron.option.exact' },
  message: { kind: 'text', short: 'm', value: 'text', text: 'cron.option.message' },
  systemEvent: { kind: 'text', value: 'text', text: 'cron.option.systemEvent' },
  session: { kind: 'text', value: 'target', text: 'cron.option.session' },
  wake: { kind: 'choice', choices: ['now', 'next-heartbeat'], text: 'cron.option.wake' },
  agent: { kind: 'text', value: 'id', text: 'cron.option.agent' },
  model: { kind: 'text', value: 'model', text: 'cron.option.model' },
  thinking: { kind: 'text', value: 'level', text: 'cron.option.thinking' },
  timeoutSeconds: { kind: 'integer', value: 'seconds', min: 0, max: 172_800, text: 'cron.option.timeoutSeconds' },
  announce: { kind: 'flag', text: 'cron.option.announce' },
  channel: { kind: 'text', value: 'channel', text: 'cron.option.channel' },
  to: { kind: 'text', value: 'target', text: 'cron.option.to' },
  account: { kind: 'text', value: 'account', text: 'cron.option.account' },
  threadId: { kind: 'text', value: 'id', text: 'cron.option.threadId' },
  webhook: { kind: 'text', value: 'url', text: 'cron.option.webhook' },
  noDeliver: { kind: 'flag', text: 'cron.option.noDeliver' },
  bestEffortDeliver: { kind: 'flag', text: 'cron.option.bestEffort' },
  deleteAfterRun: { kind: 'flag', text: 'cron.option.deleteAfterRun' },
  keepAfterRun: { kind: 'flag', text: 'cron.option.keepAfterRun' },
  catchUp: { kind: 'choice', choices: ['skip', 'once', 'all'], text: 'cron.option.catchUp' },
} as const satisfies OptionDefinitions

export type JobOptions = OptionValues<typeof jobOptions>

/** What the options say of a job; what they do not name is left out. Throws `usage` for what contradicts itself. */
export function jobOf(context: CommandContext, options: JobOptions, now: number, help: string) {
  const { t } = context
  const wrong = (text: string) => usageError(text, help)
  const { name, description, message, systemEvent, session, wake, agent, catchUp, deleteAfterRun, keepAfterRun } =
    options
  if (message !== undefined && systemEvent !== undefined) throw wrong(t('cron.usage.onePayload'))
  const ofTurn = [options.model, options.thinking, options.timeoutSeconds]
  if (systemEvent !== undefined && ofTurn.some((one) => one !== undefined)) throw wrong(t('cron.usage.needsMessage'))
  const schedule = scheduleOf(context, options, now, wrong)
  const delivery = deliveryOf(context, options, wrong)
  const payload = payloadOf(options)
  return {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(schedule && { schedule }),
    ...(payload && { payload }),
    ...(session !== undefined && {
      sessionTarget: /^(?:main|isolated|current|session:.+)$/.test(session) ? session : `session:${session}`,
    }),
    ...(wake && { wakeMode: wake }),
    ...(agent !== undefined && { agentId: agent }),
    ...(delivery && { delivery }),
    ...(deleteAfterRun && { deleteAfterRun: true }),
    ...(keepAfterRun && { deleteAfterRun: false }),
    ...(catchUp && { catchUp }),
  }
}

type Wrong = (text: string) => Error
type Words = Pick<CommandContext, 't'>

function scheduleOf(
  { t }: Words,
  { at, every, cron, tz, stagger, exact }: JobOptions,
  now: number,
  wrong: Wrong,
): CronSchedule | undefined {
  if ([at, every, cron].filter((one) => one !== undefined).length > 1) throw wrong(t('cron.usage.oneSchedule'))
  if (cron === undefined && (tz !== undefined || stagger !== undefined || exact)) throw wrong(t('cron.usage.needsCron'))
  const duration = (text: string) => {
    const ms = parseDuration(text, 60_000)
    if (ms === undefined || ms < 1) throw wrong(t('cron.usage.duration', { text }))
    return ms
  }
  if (at !== undefined) {
    // `20m`: from now. A bare number would be neither.
    const ms = /[a-z]$/.test(at) ? parseDuration(at, 60_000) : undefined
    return { kind: 'at', at: ms === undefined ? at : new Date(now + ms).toISOString() }
  }
  if (every !== undefined) return { kind: 'every', everyMs: duration(every) }
  if (cron === undefined) return undefined
  const staggerMs = exact ? 0 : stagger === undefined ? undefined : duration(stagger)
  return { kind: 'cron', expr: cron, ...(tz !== undefined && { tz }), ...(staggerMs !== undefined && { staggerMs }) }
}

function payloadOf({
  message,
  systemEvent: text,
  model,
  thinking,
  timeoutSeconds,
}: JobOptions): CronPayloadPatch | undefined {
  if (text !== undefined) return { kind: 'systemEvent', text }
  if ([message, model, thinking, timeoutSeconds].every((one) => one === undefined)) return undefined
  return {
    kind: 'agentTurn',
    ...(message !== undefined && { message }),
    ...(model !== undefined && { model }),
    ...(thinking !== undefined && { thinking }),
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
  }
}

function deliveryOf({ t }: Words, options: JobOptions, wrong: Wrong): CronDeliveryPatch | undefined {
  const { announce, channel, to, account, threadId, webhook, noDeliver, bestEffortDeliver } = options
  const toChat = announce || [channel, to, account, threadId].some((one) => one !== undefined)
  if ([toChat, webhook !== undefined, noDeliver].filter(Boolean).length > 1) throw wrong(t('cron.usage.oneDelivery'))
  if (noDeliver) return { mode: 'none' }
  const bestEffort = bestEffortDeliver && { bestEffort: true }
  if (webhook !== undefined) return { mode: 'webhook', to: webhook, ...bestEffort }
  // Best effort alone says nothing of where to.
  if (!toChat) return bestEffort || undefined
  return {
    mode: 'announce',
    ...(channel !== undefined && { channel }),
    ...(to !== undefined && { to }),
    ...(account !== undefined && { accountId: account }),
    ...(threadId !== undefined && { threadId }),
    ...bestEffort,
  }
}
