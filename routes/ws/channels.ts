import { stringEnum } from '../../schemas/primitives.js'
import { Type } from '../../schemas/type.js'
import { channelNames } from '../../src/channels/accounts.js'
import { knownChannels } from '../../src/channels/known.js'
import { GatewayError } from '../../src/kernel/errors.js'
import { accountOf, liveStatuses } from './_channels.js'
import { loginAt } from './_login.js'
import { family, method } from './_method.js'

const logoutMs = 20_000
const Holder = Type.Object(
  { profile: Type.String(), pid: Type.Integer(), since: Type.String() },
  { description: 'Another gateway of this host uses the credential.' },
)
const Probed = Type.Object({
  ok: Type.Boolean(),
  identity: Type.Optional(Type.String()),
  error: Type.Optional(Type.String()),
  ms: Type.Integer(),
})
const Which = Type.Object({
  channel: Type.String({ minLength: 1 }),
  accountId: Type.Optional(Type.String({ minLength: 1 })),
})

export default family({
  'channels.status': method({
    summary: 'The chat channels and their accounts',
    description: 'Of the channels that the config mentions; without secrets.',
    scope: 'operator.read',
    params: Type.Object({
      probe: Type.Optional(Type.Boolean()),
      timeoutMs: Type.Optional(Type.Integer({ minimum: 0 })),
      channel: Type.Optional(Type.String({ minLength: 1, description: 'Only this one.' })),
    }),
    result: Type.Object({
      ts: Type.Integer(),
      channelOrder: Type.Array(Type.String()),
      channelLabels: Type.Record(Type.String(), Type.String()),
      channelDetailLabels: Type.Record(Type.String(), Type.String()),
      channelSystemImages: Type.Record(Type.String(), Type.String()),
      channelMeta: Type.Array(Type.Object({ id: Type.String(), label: Type.String(), detailLabel: Type.String() })),
      channels: Type.Record(
        Type.String(),
        Type.Object({ configured: Type.Boolean(), enabled: Type.Boolean(), running: Type.Boolean() }),
      ),
      channelAccounts: Type.Record(
        Type.String(),
        Type.Array(
          Type.Object({
            accountId: Type.String(),
            name: Type.Optional(Type.String()),
            enabled: Type.Boolean(),
            configured: Type.Boolean({ description: 'What it needs to start is in the config.' }),
            running: Type.Boolean(),
            connected: Type.Boolean(),
            reconnectAttempts: Type.Integer({ minimum: 0 }),
            identity: Type.Optional(Type.String({ description: 'Who the account is there.' })),
            mode: Type.Optional(stringEnum(['polling', 'webhook'], { description: 'How messages come.' })),
            lastStartAt: Type.Optional(Type.Integer()),
            lastInboundAt: Type.Optional(Type.Integer()),
            lastOutboundAt: Type.Optional(Type.Integer()),
            lastError: Type.Optional(Type.String()),
            heldBy: Type.Optional(Holder),
            probe: Type.Optional(Probed),
          }),
        ),
      ),
      channelDefaultAccountId: Type.Record(Type.String(), Type.String()),
      warnings: Type.Array(Type.String()),
    }),
    async handler({ runtime }, { channel, probe = false, timeoutMs }) {
      if (channel !== undefined && !Object.hasOwn(knownChannels, channel)) {
        throw new GatewayError('not_found', { message: `unknown channel: ${channel.slice(0, 100)}`, param: 'channel' })
      }
      const shown = await liveStatuses(runtime, { channel, probe, timeoutMs })
      const runs = channelNames()
      const byId = <T>(value: (status: (typeof shown)[number]) => T) =>
        Object.fromEntries(shown.map((status) => [status.id, value(status)]))
      const labels = byId(({ label }) => label)
      return {
        ts: runtime.clock.now(),
        channelOrder: shown.map(({ id }) => id),
        channelLabels: labels,
        channelDetailLabels: labels,
        channelSystemImages: {},
        channelMeta: shown.map(({ id, label }) => ({ id, label, detailLabel: label })),
        channels: byId(({ accounts }) => ({
          configured: accounts.some((account) => account.configured),
          enabled: accounts.some((account) => account.enabled),
          running: accounts.some((account) => account.running),
        })),
        channelAccounts: byId(({ accounts }) => accounts),
        channelDefaultAccountId: byId(({ defaultAccountId }) => defaultAccountId),
        warnings: shown.flatMap(({ id, label }) =>
          runs.includes(id) || id === 'webchat'
            ? []
            : [`This version does not run ${label}; its config is kept for one that does.`],
        ),
      }
    },
  }),
  'channels.start': method({
    summary: 'Starts an account of a chat channel anew',
    scope: 'operator.admin',
    params: Which,
    result: Type.Object({ channel: Type.String(), accountId: Type.String(), started: Type.Boolean() }),
    async handler({ runtime }, { channel, accountId: wish }) {
      const { channels, accountId } = await accountOf(runtime, channel, wish)
      const started = await channels.manager.restart(channel, accountId)
      if (!started) await channels.reconcile()
      const running = channels.manager.state(channel, accountId)?.running ?? false
      return { channel, accountId, started: started || running }
    },
  }),
  'channels.stop': method({
    summary: 'Stops an account of a chat channel until it is started again',
    description: 'Until the next start of the gateway, or the next change of its config.',
    scope: 'operator.admin',
    params: Which,
    result: Type.Object({ channel: Type.String(), accountId: Type.String(), stopped: Type.Boolean() }),
    async handler({ runtime }, { channel, accountId: wish }) {
      const { channels, accountId } = await accountOf(runtime, channel, wish)
      return { channel, accountId, stopped: await channels.manager.stop(channel, accountId) }
    },
  }),
  'channels.logout': method({
    summary: 'Gives up the login of an account',
    description:
      'There and here: the phone lists the device no more, and its files are deleted. Only for channels that log in.',
    scope: 'operator.admin',
    params: Which,
    result: Type.Object({
      channel: Type.String(),
      accountId: Type.String(),
      cleared: Type.Boolean({ description: 'False: there was no login.' }),
    }),
    async handler({ runtime, signal }, { channel, accountId: wish }) {
      const { login, accountId } = await loginAt(runtime, channel, wish, signal)
      const cleared = await login.logout(AbortSignal.any([signal, AbortSignal.timeout(logoutMs)]))
      return { channel, accountId, cleared }
    },
  }),
  'channels.deadLetters': method({
    summary: 'Messages that could not be answered or sent',
    description: 'Newest first. Each says why it was put aside.',
    scope: 'operator.read',
    advertised: false,
    params: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })) }),
    result: Type.Object({
      letters: Type.Array(
        Type.Object({
          direction: stringEnum(['in', 'out']),
          id: Type.String(),
          channel: Type.String(),
          accountId: Type.String(),
          place: Type.String(),
          at: Type.Integer(),
          attempts: Type.Integer(),
          error: Type.String(),
        }),
      ),
    }),
    async handler({ runtime }, { limit = 50 }) {
      const rows = await runtime.store.channels.dead(limit)
      return {
        letters: rows.map((row) => ({
          direction: 'key' in row ? ('out' as const) : ('in' as const),
          id: 'key' in row ? row.key : row.messageId,
          ...{ channel: row.channel, accountId: row.account, place: row.place, attempts: row.attempts },
          at: 'key' in row ? row.createdAt : row.at,
          error: row.error ?? '',
        })),
      }
    },
  }),
})
