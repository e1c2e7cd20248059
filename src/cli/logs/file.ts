import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../../schemas/config/index.js'
import type { Instance } from '../../instance/types.js'
import { systemClock } from '../../kernel/clock.js'
import { logFileOf } from '../../logs/open.js'
import { type LogPage, tailLog } from '../../logs/tail.js'

/** The end of the log of a gateway that does not answer: the file of today, or the newest one that it left. */
export async function readLogFile(
  { paths }: Pick<Instance, 'paths'>,
  config: Config,
  limits: { readonly limit: number; readonly maxBytes: number },
): Promise<LogPage> {
  const { logDir: folder, logPrefix: prefix, home } = paths
  const today = logFileOf({ folder, prefix, home, clock: systemClock, config: config.logging ?? {} })
  const page = await tailLog(today, limits)
  const newest = page.size === 0 && config.logging?.file === undefined ? await newestIn(folder, prefix) : undefined
  return newest === undefined ? page : tailLog(newest, limits)
}

/** Daily files carry their date in the name. */
async function newestIn(folder: string, prefix: string): Promise<string | undefined> {
  const names = await readdir(folder).catch((): string[] => [])
  const daily = names.filter(
    (name) => name.startsWith(prefix) && /^-\d{4}-\d\d-\d\d\.log$/.test(name.slice(prefix.length)),
  )
  const last = daily.sort().at(-1)
  return last === undefined ? undefined : join(folder, last)
}
