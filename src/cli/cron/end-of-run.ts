import { GatewayError } from '../../kernel/errors.js'
import type { CronLine } from './call.js'

const everyMs = 300
/** Longest turn of a job, and then some. */
const longestMs = 2 * 3_600_000

/** Waits until the log of a job has this run. Throws when it has not within two hours. */
export async function endOfRun(gateway: CronLine, id: string, runId: string) {
  for (let waited = 0; waited < longestMs; waited += everyMs) {
    const [entry] = (await gateway.call('cron.runs', { id, runId, limit: 1 })).entries
    if (entry) return entry
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
  throw new GatewayError('run_timeout', {
    message: `The run ${runId} has not ended within two hours. See how it goes on: openclaw cron runs --id ${id}`,
  })
}
