import type { Test } from 'tap'
import { type AccessFacts, judge, type Verdict } from '../../../src/channels/access.js'
import { normaliseDiscord } from '../../../src/channels/discord/normalise.js'
import { normaliseFeishu } from '../../../src/channels/feishu/normalise.js'
import type { ChatKind, Sender } from '../../../src/channels/port.js'
import { normaliseQqbot } from '../../../src/channels/qqbot/normalise.js'
import { normaliseSignal } from '../../../src/channels/signal/normalise.js'
import { normaliseSlack } from '../../../src/channels/slack/normalise.js'
import { normaliseTelegram } from '../../../src/channels/telegram/normalise.js'
import { normaliseWhatsapp } from '../../../src/channels/whatsapp/normalise.js'
import type { Config } from '../../../src/config/types.js'

const normalisers = {
  telegram: normaliseTelegram,
  whatsapp: normaliseWhatsapp,
  signal: normaliseSignal,
  discord: normaliseDiscord,
  slack: normaliseSlack,
  feishu: normaliseFeishu,
  qqbot: normaliseQqbot,
}
export type ChannelId = keyof typeof normalisers

/** What a row says of the message; the rest is ordinary. */
export interface Said {
  readonly from: string
  readonly kind?: ChatKind
  readonly in?: string
  readonly thread?: string
  readonly guild?: string
  readonly mentioned?: boolean
  readonly self?: boolean
  readonly paired?: readonly string[]
  readonly activation?: 'mention' | 'always'
  readonly sender?: Partial<Sender>
}

/**
 * What the section of the channel says, what is said, and what comes of it: `admit`, `owner`, `pair`,
 * `blocked <key>` or `mention <key>`. Keys stand without `channels.<channel>.` in front.
 */
export type Row = readonly [section: object, said: Said, verdict: string, rest?: object]

export function check(t: Test, channel: ChannelId, rows: readonly Row[], account = 'default'): void {
  for (const [section, said, wanted, rest = {}] of rows) {
    const got = verdictOf(channel, section, said, rest, account)
    t.equal(got, wanted, `${JSON.stringify(section)} ${JSON.stringify(said)} ${JSON.stringify(rest)}`)
  }
}

export function factsOf(channel: ChannelId, section: object, said: Said, rest: object, account: string): AccessFacts {
  const { from, kind = said.in === undefined ? 'direct' : 'group', thread, guild, self } = said
  const whole = { ...(section as Record<string, unknown>) }
  const own = (whole.accounts as Record<string, object> | undefined)?.[account]
  const { channels: others, ...config } = rest as { channels?: object }
  const channels = 'absent' in whole ? { ...others } : { ...others, [channel]: whole }
  return {
    account: { channel, id: account, keys: 'absent' in whole ? {} : { ...whole, ...own } },
    config: { ...config, channels } as Config,
    message: {
      place: {
        kind,
        id: said.in ?? from,
        ...(thread !== undefined && { thread }),
        ...(guild !== undefined && { guild }),
      },
      sender: { id: from, ...said.sender },
      ...(self && { self }),
    },
    normalise: normalisers[channel],
    allowed: new Set(said.paired),
    mentioned: said.mentioned ?? false,
    ...(said.activation && { activation: said.activation }),
  }
}

function verdictOf(channel: ChannelId, section: object, said: Said, rest: object, account: string): string {
  const verdict = judge(factsOf(channel, section, said, rest, account))
  return short(verdict, channel)
}

function short(verdict: Verdict, channel: string): string {
  if (verdict.kind === 'pair') return 'pair'
  if (verdict.kind === 'admit') return verdict.owner ? 'owner' : 'admit'
  const why = verdict.why.replace(`channels.${channel}.`, '')
  if (verdict.reason === 'blocked') return verdict.keepForHistory ? 'blocked but kept' : `blocked ${why}`
  return verdict.keepForHistory ? `mention ${why}` : 'mention and not kept'
}
