import { defineCommand } from '../../define.js'
import { withPairing } from '../../pairing/desk.js'
import { codeOf, pairingOptions } from '../../pairing/options.js'

export default defineCommand({
  summary: 'pairing.dismiss.summary',
  description: 'pairing.dismiss.description',
  args: [
    { name: 'codeOrChannel', text: 'pairing.arg.codeOrChannel', required: true },
    { name: 'code', text: 'pairing.arg.code' },
  ],
  options: pairingOptions,
  examples: [{ command: 'pairing dismiss K7QXR2MB' }],
  async run(context, { codeOrChannel, code }, options) {
    const { out, t } = context
    const wanted = codeOf(context, { first: codeOrChannel, second: code }, options)
    return withPairing(context, options, async (desk) => {
      const { findRequest } = await import('../../pairing/find-request.js')
      const request = await findRequest(context, desk, wanted)
      await desk.dismiss(request)
      const { requestId, channel, accountId, senderId, senderLabel } = request
      const { profile } = await context.instance()
      out.result({ ok: true, profile, requestId, channel, accountId, senderId, via: desk.via }, () => [
        t('pairing.dismiss.done', { name: senderLabel }),
      ])
      return 0
    })
  },
})
