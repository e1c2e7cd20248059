import { GatewayError } from '../../../kernel/errors.js'
import { defineCommand } from '../../define.js'
import { withPairing } from '../../pairing/desk.js'
import { channelOf, pairingOptions } from '../../pairing/options.js'

export default defineCommand({
  summary: 'pairing.remove.summary',
  description: 'pairing.remove.description',
  args: [
    { name: 'channel', text: 'pairing.arg.channelOf', required: true },
    { name: 'sender', text: 'pairing.arg.sender', required: true },
  ],
  options: pairingOptions,
  examples: [{ command: 'pairing remove telegram 123456789' }],
  async run(context, { channel: argument, sender }, options) {
    const { out, t } = context
    const channel = channelOf(context, argument, options.channel) ?? argument
    return withPairing(context, options, async (desk) => {
      const { allowed } = await desk.list()
      const { profile } = await context.instance()
      const found = allowed.filter(
        (row) =>
          row.channel === channel &&
          row.senderId === sender &&
          (options.account === undefined || row.accountId === options.account),
      )
      if (found.length === 0) {
        throw new GatewayError('not_found', {
          message: t('pairing.remove.unknown', { sender: sender.slice(0, 80), channel, profile }),
          details: { profile, next: 'pairing list' },
        })
      }
      for (const { accountId, senderId } of found) await desk.remove({ channel, accountId, senderId })
      const accounts = found.map(({ accountId }) => accountId)
      out.result({ ok: true, profile, channel, accounts, senderId: sender, via: desk.via }, () => [
        t('pairing.remove.done', { sender, channel, accounts: accounts.join(', ') }),
      ])
      return 0
    })
  },
})
