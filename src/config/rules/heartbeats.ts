import type { Config } from '../../../schemas/config/index.js'
import { isZone } from '../../kernel/time-zone.js'
import type { Path } from '../json5/node.js'
import type { Report } from './report.js'

type Heartbeat = NonNullable<NonNullable<NonNullable<Config['agents']>['defaults']>['heartbeat']>

/** Zones and hours by which an agent would act at another time than was meant, or never, without a word. */
export function heartbeatRules({ agents }: Config, report: Report): void {
  zoneRule(agents?.defaults?.userTimezone, ['agents', 'defaults', 'userTimezone'], 'the zone of the machine', report)
  hoursRules(agents?.defaults?.heartbeat, ['agents', 'defaults', 'heartbeat', 'activeHours'], report)
  for (const [id, { heartbeat }] of Object.entries(agents?.entries ?? {})) {
    hoursRules(heartbeat, ['agents', 'entries', id, 'heartbeat', 'activeHours'], report)
  }
}

function hoursRules(heartbeat: Heartbeat | undefined, path: Path, report: Report): void {
  const { start, end, timezone } = heartbeat?.activeHours ?? {}
  if (timezone !== 'user' && timezone !== 'local')
    zoneRule(timezone, [...path, 'timezone'], 'agents.defaults.userTimezone, or the zone of the machine', report)
  if (start !== undefined && start === end)
    report.warn(path, 'start and end are equal: no heartbeat ever runs. For the whole day remove activeHours.')
}

function zoneRule(zone: string | undefined, path: Path, instead: string, report: Report): void {
  if (zone === undefined || isZone(zone)) return
  report.warn(path, `There is no time zone "${zone}": it is ${instead}. Name one such as Europe/Berlin.`)
}
