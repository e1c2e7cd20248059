import type { CronDelivery, CronDeliveryPatch, CronJob, CronPayload, CronPayloadPatch } from '../../../schemas/cron.js'
import { GatewayError } from '../../kernel/errors.js'

export type CronJobPatch = Partial<Omit<CronJob, 'payload' | 'delivery'>> & {
  readonly payload?: CronPayloadPatch | undefined
  readonly delivery?: CronDeliveryPatch | undefined
}

/** A job with what a patch names; the rest of its payload and delivery stays. Throws `invalid_params`. */
export function patchedJob(before: CronJob, { payload, delivery, ...rest }: CronJobPatch): CronJob {
  return {
    ...before,
    ...rest,
    payload: payload ? patchedPayload(before.payload, payload) : before.payload,
    ...(delivery && { delivery: patchedDelivery(before.delivery, delivery) }),
  }
}

function patchedPayload(before: CronPayload, patch: CronPayloadPatch): CronPayload {
  const { kind } = patch
  const whole = { ...(before.kind === kind && before), ...patch }
  if (whole.kind === 'systemEvent' ? whole.text !== undefined : whole.message !== undefined) return whole as CronPayload
  const param = kind === 'systemEvent' ? 'text' : 'message'
  throw new GatewayError('invalid_params', {
    message: `The job was no ${kind} before: ${param} is needed.`,
    param: `patch.payload.${param}`,
  })
}

/** An account, a place and its thread are of one channel; a thread is of one place. */
function patchedDelivery(before: CronDelivery | undefined, patch: CronDeliveryPatch): CronDelivery {
  const { mode = before?.mode ?? 'announce', ...named } = patch
  if (!before || mode !== before.mode) return { mode, ...named }
  const { threadId, bestEffort, ...place } = before
  const always = { mode, ...(bestEffort !== undefined && { bestEffort }) }
  if ((patch.channel ?? before.channel) !== before.channel) return { ...always, ...named }
  const isSamePlace = (patch.to ?? before.to) === before.to
  return { ...place, ...(isSamePlace && threadId !== undefined && { threadId }), ...always, ...named }
}
