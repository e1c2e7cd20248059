import { knownChannels } from '../channels/known.js'
import type { CommandContext } from './context.js'
import { columns } from './text-width.js'

/** An account as the config has it, and as a gateway adds to it. */
export interface ShownAccount {
  readonly accountId: string
  readonly enabled: boolean
  readonly configured: boolean
  readonly running?: boolean
  readonly connected?: boolean
  readonly identity?: string
  readonly mode?: string
  readonly lastError?: string
  readonly heldBy?: { readonly profile: string; readonly pid: number }
  readonly probe?: { readonly ok: boolean; readonly error?: string; readonly ms: number }
}

export interface ShownChannel {
  readonly id: string
  readonly accounts: readonly ShownAccount[]
}

/** The accounts of chat channels for people. `live`: a gateway has said how they are. */
export function channelTable(context: CommandContext, channels: readonly ShownChannel[], live = false): string[] {
  const { out, t, hint } = context
  const rows = channels.flatMap(({ id, accounts }) =>
    accounts.map((account) => [
      id,
      account.accountId,
      t(`channels.state.${stateOf(account, live)}`),
      account.identity ?? '-',
      noteOf(context, id, account),
    ]),
  )
  if (rows.length === 0)
    return [t('channels.none', { command: hint('channels add telegram --token-env TELEGRAM_BOT_TOKEN') })]
  const head = (['channel', 'account', 'state', 'identity', 'note'] as const).map((name) =>
    t(`channels.column.${name}`),
  )
  const [first = '', ...rest] = columns([head, ...rows])
  return [out.style(first, 'bold'), ...rest]
}

function stateOf({ enabled, configured, running, connected }: ShownAccount, live: boolean) {
  if (!enabled) return 'off'
  if (!configured) return 'incomplete'
  if (!live) return 'configured'
  return connected ? 'connected' : running ? 'connecting' : 'stopped'
}

function noteOf(
  { t }: CommandContext,
  id: string,
  { configured, heldBy, probe, lastError, mode }: ShownAccount,
): string {
  if (!configured) {
    const sets = (knownChannels[id]?.needs ?? []).map((keys) => keys.join(' + '))
    return t('channels.needs', { keys: sets.join(' / ') })
  }
  if (heldBy) return t('channels.heldBy', { profile: heldBy.profile, pid: heldBy.pid })
  if (probe) return probe.ok ? t('channels.probeOk', { ms: probe.ms }) : (probe.error ?? '')
  return lastError ?? mode ?? ''
}
