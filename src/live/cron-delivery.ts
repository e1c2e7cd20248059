import type { CronDelivery } from '../../schemas/cron.js'
import { saysNothing } from '../channels/deliver/shape.js'
import type { EgressFetch } from '../egress/types.js'
import { toGatewayError } from '../kernel/errors.js'
import type { CronJobRow, CronRunRow, NewOutboxRow } from '../storage/types.js'
import { lettersTo, type Mail } from './letters.js'

/** How jobs call webhooks. */
export interface CronPost {
  readonly egress: () => Promise<EgressFetch>
  readonly webhookToken: () => unknown
}

const webhookLimitMs = 30_000
const webhookBytes = 65_536

export interface Delivered {
  readonly status: 'delivered' | 'not-delivered' | 'unknown' | 'not-requested'
  readonly error?: string
  /** What could not be delivered is no failure. */
  readonly optional?: boolean
  readonly messages?: readonly NewOutboxRow[]
}

/**
 * Takes what a turn said to where its job says: a chat by way of the outbox, a webhook, or nowhere. Never rejects. A
 * webhook whose answer got lost in a crash is called again under the same `Idempotency-Key`.
 */
export async function deliver(
  input: Mail & CronPost,
  row: CronJobRow,
  run: CronRunRow,
  text: string,
  mainKey: string,
): Promise<Delivered> {
  const { delivery, sessionTarget } = row.job
  const mode = delivery?.mode ?? (sessionTarget === 'isolated' ? 'announce' : 'none')
  // Nobody said where to: without a chat there is nobody to tell.
  const optional = delivery === undefined || delivery.bestEffort === true
  if (mode === 'none') return { status: 'not-requested' }
  try {
    if (mode === 'webhook') return await callWebhook(input, delivery?.to ?? '', row, run, text)
    if (saysNothing(text)) return { status: 'not-delivered' }
    const messages = await cronLetters(input, row, run.id, delivery, text, mainKey, run.id)
    if (messages) return { status: 'delivered', messages }
    const error = 'No chat to deliver to: nobody has written to the agent yet, and the job names none.'
    return { status: 'not-delivered', optional, ...(delivery !== undefined && { error }) }
  } catch (thrown) {
    return { status: 'not-delivered', optional, error: toGatewayError(thrown).message }
  }
}

/** A text as messages to the place that is named, or to where the session of the job was spoken to last. */
export function cronLetters(
  mail: Mail,
  { job }: CronJobRow,
  key: string,
  to: Partial<CronDelivery> | undefined,
  text: string,
  mainKey: string,
  runId?: string,
): Promise<readonly NewOutboxRow[] | undefined> {
  const own = job.sessionTarget.startsWith('session:') ? [job.sessionTarget.slice('session:'.length)] : []
  return lettersTo(mail, { key, text, runId, to: to ?? {}, sessions: [...own, mainKey] })
}

/** Sends a text to the webhook of a job. Rejects when it cannot be reached. */
export async function callWebhook(
  { egress, webhookToken, config }: CronPost & Pick<Mail, 'config'>,
  url: string,
  { id, job, agent }: CronJobRow,
  run: CronRunRow,
  text: string,
): Promise<Delivered> {
  const token = webhookToken()
  const body = { action: 'finished', jobId: id, name: job.name, agentId: agent, runId: run.id, runAtMs: run.at, text }
  const policy = config().cron?.webhookSsrfPolicy
  const { status } = await (await egress())({
    url,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': run.id,
      ...(typeof token === 'string' && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
    ...(policy && { policy }),
    maxBytes: webhookBytes,
    timeoutMs: webhookLimitMs,
    signal: AbortSignal.timeout(webhookLimitMs),
  })
  if (status < 300) return { status: 'delivered' }
  return { status: 'not-delivered', error: `The webhook answered ${status}.` }
}
