import type { CronRunRow } from '../../storage/types.js'

/** What the scheduled jobs tell the gateway. */
export interface CronEvents {
  'cron.finished': CronRunRow
}
