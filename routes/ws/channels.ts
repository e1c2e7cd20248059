import { Type } from '../../schemas/type.js'
import { knownChannels } from '../../src/channels/known.js'
import { channelStatuses } from '../../src/channels/status.js'
import { GatewayError } from '../../src/kernel/errors.js'
import { family, method } from './_method.js'

const notYet = 'This version does not run chat channels; their config is kept for one that does.'

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
          }),
        ),
      ),
      channelDefaultAccountId: Type.Record(Type.String(), Type.String()),
      warnings: Type.Array(Type.String()),
    }),
    handler({ runtime }, { channel }) {
      if (channel !== undefined && !Object.hasOwn(knownChannels, channel)) {
        throw new GatewayError('not_found', { message: `unknown channel: ${channel.slice(0, 100)}`, param: 'channel' })
      }
      const all = channelStatuses(runtime.config.current)
      const shown = channel === undefined ? all : all.filter(({ id }) => id === channel)
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
        warnings: shown.length > 0 ? [notYet] : [],
      }
    },
  }),
})
