import { GatewayError } from '../../../kernel/errors.js'
import { defineCommand } from '../../define.js'
import { withPairing } from '../../pairing/desk.js'
import { channelOf, pairingOptions } from '../../pairing/options.js'

export default defineCommand({
  summary: 'pairing.list.summary',
  description: 'pairing.list.description',
  args: [{ name: 'channel', text: 'pairing.arg.channel' }],
  options: pairingOptions,
  examples: [{ command: 'pairing list' }, { command: 'pairing list telegram --json' }],
  async run(context, { channel: argument }, options) {
    const { out, t } = context
    const channel = channelOf(context, argument, options.channel)
    const { account } = options
    return withPairing(context, options, async (desk) => {
      const list = await desk.list()
      const isMeant = (row: { readonly channel: string; readonly accountId: string }) =>
        (channel === undefined || row.channel === channel) && (account === undefined || row.accountId === account)
      const shown = {
        ...list,
        accounts: list.accounts.filter(isMeant),
        requests: list.requests.filter(isMeant),
        allowed: list.allowed.filter(isMeant),
      }
      const { profile } = await context.instance()
      if (shown.accounts.length === 0 && shown.requests.length === 0 && shown.allowed.length === 0) {
        throw new GatewayError('not_found', {
          message: t(list.accounts.length === 0 ? 'pairing.noChannel' : 'pairing.noSuchAccount', { profile }),
          details: { profile, next: 'configure' },
        })
      }
      const { pairingLines } = await import('../../pairing/lines.js')
      out.result({ profile, ...shown }, () => pairingLines(context, shown, channel, Date.now()))
      return 0
    })
  },
})
