import { probeGateway } from '../client/probe.js'
import { recordAddress } from '../client/record-address.js'
import { processAge } from '../instance/conflict/process-age.js'
import type { Instance } from '../instance/types.js'
import { GatewayError } from '../kernel/errors.js'
import { type ProfileFacts, readProfiles } from '../setup/profiles.js'
import { spanWidth } from '../setup/spacing.js'
import type { CommandContext } from './context.js'
import { columns } from './text-width.js'

/** Many profiles are asked at once, each for at most this long, in ms. */
const probeTimeoutMs = 1500

interface ProfileRow extends Omit<ProfileFacts, 'record'> {
  /** hung: its process is there and does not answer. stale: a run-file is there, and nothing else. */
  readonly running: 'running' | 'stopped' | 'hung' | 'stale'
  readonly pid: number | undefined
  readonly version: string | undefined
  /** Profiles whose port span (base to base+110) meets this one's. */
  readonly overlaps: readonly string[]
}

/** Every profile of the home directory; whether one runs is asked of the gateway itself, never guessed from a pid. */
async function profileRows(instance: Instance): Promise<ProfileRow[]> {
  const profiles = await Promise.all((await readProfiles(instance)).map(withState))
  return profiles.map((row) => ({
    ...row,
    overlaps: profiles
      .filter((other) => other !== row && Math.abs(other.port - row.port) < spanWidth)
      .map(({ profile }) => profile),
  }))
}

async function withState({ record, ...facts }: ProfileFacts): Promise<Omit<ProfileRow, 'overlaps'>> {
  if (!record) return { ...facts, running: 'stopped', pid: undefined, version: undefined }
  try {
    const probe = await probeGateway({ ...recordAddress(record), timeoutMs: probeTimeoutMs })
    if (probe.instanceId !== record.instanceId) throw new GatewayError('gateway_unreachable')
    return {
      ...facts,
      port: record.port,
      running: 'running',
      pid: record.pid,
      version: probe.version ?? record.version,
    }
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    const hung = error.details?.kind === 'timeout' && (await processAge(record.pid)) !== undefined
    return { ...facts, running: hung ? 'hung' : 'stale', pid: hung ? record.pid : undefined, version: undefined }
  }
}

export interface ProfileTable {
  readonly rows: readonly ProfileRow[]
  readonly lines: readonly string[]
}

/** The profiles for programs and for people. */
export async function profileTable({ instance, out, t }: CommandContext): Promise<ProfileTable> {
  const rows = await profileRows(await instance())
  return { rows, lines: linesOf(rows, { out, t }) }
}

function linesOf(rows: readonly ProfileRow[], { out, t }: Pick<CommandContext, 'out' | 't'>): string[] {
  const words = {
    running: t('profiles.running'),
    stopped: t('profiles.stopped'),
    hung: t('profiles.hung'),
    stale: t('profiles.stale'),
  }
  const head = ['profile', 'port', 'from', 'state', 'pid', 'version', 'overlaps', 'folder'] as const
  const body = rows.map((row) => [
    row.current ? `${row.profile}*` : row.profile,
    String(row.port),
    row.portSource,
    row.config === 'invalid' ? `${words[row.running]}, ${t('profiles.badConfig')}` : words[row.running],
    String(row.pid ?? '-'),
    row.version ?? '-',
    row.overlaps.join(', ') || '-',
    row.state,
  ])
  const [first = '', ...rest] = columns([head.map((name) => t(`profiles.column.${name}`)), ...body])
  return [out.style(first, 'bold'), ...rest]
}
