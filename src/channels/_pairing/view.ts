import type { Static } from '../../../schemas/type.js'
import type { ChannelsPairingListResult } from '../../../schemas/ws/chat-pairing.js'
import type { Config } from '../../config/types.js'
import type { ConfigView } from '../../config/view.js'
import { knownChannels } from '../known.js'
import { type ChatPairing, PAIRING_CAP, PAIRING_TTL_MS, requestId } from '../pairing.js'
import { channelStatuses } from '../status.js'

export type PairingList = Static<typeof ChannelsPairingListResult>

export interface PairingQuery {
  readonly channel?: string | undefined
  readonly accountId?: string | undefined
}

/** Everybody who waits or was let in, and the accounts that somebody could write to. */
export async function pairingList(
  { current, env }: Pick<ConfigView, 'current' | 'env'>,
  pairing: ChatPairing,
  { channel, accountId }: PairingQuery,
): Promise<PairingList> {
  const [waiting, allowed] = await Promise.all([pairing.list(), pairing.listAllowed()])
  const isMeant = (row: { readonly channel: string; readonly accountId: string }) =>
    (channel === undefined || row.channel === channel) && (accountId === undefined || row.accountId === accountId)
  const shown = (id: string, account: string) => ({
    channel: id,
    channelLabel: labelOf(id),
    accountId: account,
    notifySupported: pairing.canNotify,
  })
  return {
    accounts: channelStatuses(current, env)
      .filter(({ id }) => id !== 'webchat')
      .flatMap(({ id, accounts }) =>
        accounts.map((account) => ({
          ...shown(id, account.accountId),
          ...(account.name !== undefined && { accountLabel: account.name }),
        })),
      )
      .filter(isMeant),
    requests: waiting
      .map((row) => ({
        requestId: requestId(row),
        ...shown(row.channel, row.account),
        code: row.code,
        senderId: row.sender,
        senderLabel: row.name ?? row.sender,
        createdAt: iso(row.createdAt),
        lastSeenAt: iso(row.seenAt),
        expiresAt: iso(row.createdAt + PAIRING_TTL_MS),
      }))
      .filter(isMeant),
    allowed: allowed
      .map(({ channel: id, account, sender, name, approvedAt }) => ({
        ...{ channel: id, accountId: account, senderId: sender },
        senderLabel: name ?? sender,
        approvedAt: iso(approvedAt),
      }))
      .filter(isMeant),
    commandOwnerConfigured: hasOwner(current),
    limits: { pendingPerAccount: PAIRING_CAP, ttlMs: PAIRING_TTL_MS },
  }
}

export function hasOwner({ commands }: Config): boolean {
  return (commands?.ownerAllowFrom ?? []).some((entry) => String(entry).trim() !== '')
}

const labelOf = (id: string) => (Object.hasOwn(knownChannels, id) ? knownChannels[id]?.label : undefined) ?? id

const iso = (at: number) => new Date(at).toISOString()
