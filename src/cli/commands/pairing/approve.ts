import { defineCommand } from '../../define.js'
import { withPairing } from '../../pairing/desk.js'
import { codeOf, pairingOptions } from '../../pairing/options.js'

export default defineCommand({
  summary: 'pairing.approve.summary',
  description: 'pairing.approve.description',
  args: [
    { name: 'codeOrChannel', text: 'pairing.arg.codeOrChannel', required: true },
    { name: 'code', text: 'pairing.arg.code' },
  ],
  options: { notify: { kind: 'flag', text: 'pairing.option.notify' }, ...pairingOptions },
  examples: [
    { command: 'pairing approve K7QXR2MB' },
    { command: 'pairing approve telegram K7QXR2MB --notify', text: 'pairing.example.notify' },
  ],
  async run(context, { codeOrChannel, code }, options) {
    const { out, t } = context
    const wanted = codeOf(context, { first: codeOrChannel, second: code }, options)
    return withPairing(context, options, async (desk) => {
      const { findRequest } = await import('../../pairing/find-request.js')
      const request = await findRequest(context, desk, wanted)
      const { commandOwnerConfigured } = await desk.list()
      const wishes = { notify: options.notify, owner: !commandOwnerConfigured }
      const approved = await desk.approve(request, wishes)
      const { channel, channelLabel, accountId, senderId, senderLabel } = request
      const { profile } = await context.instance()
      const { notification, commandOwnerBootstrap: owner } = approved
      out.result({ ok: true, profile, channel, accountId, senderLabel, ...approved, via: desk.via }, () => [
        t('pairing.approve.done', { name: nameOf(senderLabel, senderId), channel: channelLabel, account: accountId }),
        ...(owner === 'configured' ? [t('pairing.approve.owner', { owner: `${channel}:${senderId}` })] : []),
        ...(owner === 'unavailable' ? [t('pairing.approve.noOwner', { owner: `${channel}:${senderId}` })] : []),
        ...(notification === 'sent' ? [t('pairing.approve.told')] : []),
        ...(notification === 'unsupported' || notification === 'failed' ? [t('pairing.approve.notTold')] : []),
      ])
      return 0
    })
  },
})

const nameOf = (label: string, id: string) => (label === id ? id : `${label} (${id})`)
