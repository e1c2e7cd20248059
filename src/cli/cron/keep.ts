import type { CronDelivery, CronPayload } from '../../../schemas/cron.js'

interface Parts {
  readonly payload?: CronPayload | undefined
  readonly delivery?: CronDelivery | undefined
}

/** A patch replaces payload and delivery whole: what was not named of them is taken from the job as it is. */
export function keepRest<P extends Parts>(patch: P, before: Parts, isModeNamed: boolean): P {
  const { payload, delivery } = patch
  return {
    ...patch,
    ...(payload && { payload: payload.kind === before.payload?.kind ? { ...before.payload, ...payload } : payload }),
    ...(delivery && { delivery: deliveryOver(delivery, before.delivery, isModeNamed) }),
  }
}

function deliveryOver(delivery: CronDelivery, before: CronDelivery | undefined, isModeNamed: boolean): CronDelivery {
  if (!before) return delivery
  if (!isModeNamed) return { ...delivery, ...before, ...(delivery.bestEffort && { bestEffort: true }) }
  if (before.mode !== delivery.mode) return delivery
  // An account, a place and its thread are of one channel; a thread is of one place.
  const { bestEffort, ...chat } = before
  const isElsewhere = delivery.channel !== undefined && delivery.channel !== before.channel
  const { threadId, ...place } = chat
  const kept = isElsewhere ? {} : delivery.to === undefined || delivery.to === before.to ? chat : place
  return { ...kept, ...(bestEffort && { bestEffort }), ...delivery }
}
