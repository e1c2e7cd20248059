import type { PairingList } from '../../channels/_pairing/view.js'
import type { CommandContext } from '../context.js'
import { formatDuration } from '../durations.js'
import { table } from '../table.js'

/** Who waits, then who was let in. */
export function pairingLines(
  { out, t, hint }: CommandContext,
  { requests, allowed }: PairingList,
  channel: string | undefined,
  now: number,
): string[] {
  const who = [t('pairing.column.channel'), t('pairing.column.account'), t('pairing.column.sender')]
  const waiting = requests.map(({ code, channelLabel, accountId, senderId, senderLabel, createdAt }) => [
    code,
    channelLabel,
    accountId,
    senderId,
    senderLabel === senderId ? '-' : senderLabel,
    formatDuration(Math.max(now - Date.parse(createdAt), 0)),
  ])
  const inside = allowed.map(({ channel: id, accountId, senderId, senderLabel }) => [
    id,
    accountId,
    senderId,
    senderLabel === senderId ? '-' : senderLabel,
  ])
  const none = channel === undefined ? t('pairing.noneWaits') : t('pairing.noneWaitsFor', { channel })
  return [
    ...(waiting.length === 0
      ? [none]
      : [
          ...table(out, [t('pairing.column.code'), ...who, t('pairing.column.name'), t('pairing.column.age')], waiting),
          '',
          t('failure.try', { command: hint(`pairing approve ${requests[0]?.code ?? ''}`) }),
        ]),
    ...(inside.length === 0 ? [] : ['', t('pairing.letIn'), ...table(out, [...who, t('pairing.column.name')], inside)]),
  ]
}
