import { randomUUID } from 'node:crypto'
import type sendMethods from '../../../../routes/ws/send.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'
import { readMedia } from '../../message/media.js'
import { answerMs, lastOptions, needs, placeOptions, placeParams } from '../../message/options.js'
import { usageError } from '../../usage.js'

export default defineCommand({
  summary: 'message.send.summary',
  options: {
    ...placeOptions,
    message: { kind: 'text', short: 'm', value: 'text', text: 'message.option.message' },
    media: { kind: 'text', value: 'file', text: 'message.option.media' },
    replyTo: { kind: 'text', value: 'id', text: 'message.option.replyTo' },
    silent: { kind: 'flag', text: 'message.option.silent' },
    asVoice: { kind: 'flag', text: 'message.option.asVoice' },
    forceDocument: { kind: 'flag', text: 'message.option.forceDocument' },
    ...lastOptions,
  },
  examples: [
    { command: 'message send --channel telegram --target 42 --message "Hello"' },
    { command: 'message send --channel telegram --target 42 --media plan.pdf --message "As promised"' },
  ],
  async run(context, _args, options) {
    const { out, t } = context
    const { target, message, media, replyTo, silent, asVoice, forceDocument, dryRun, ...flags } = options
    const to = needs(context, 'message send', '--target', target)
    if (media === undefined) needs(context, 'message send', '--message', message)
    if (media === undefined && (asVoice || forceDocument)) {
      throw usageError(t('message.needsMedia'), 'message send --help')
    }
    const file = media === undefined ? undefined : await readMedia(context, media)
    const params = {
      ...{ to, ...placeParams(flags) },
      ...(message !== undefined && { message }),
      ...(replyTo !== undefined && { replyToId: replyTo }),
      ...(silent && { silent }),
      ...(file && { filename: file.filename, ...(asVoice && { asVoice }), ...(forceDocument && { forceDocument }) }),
    }
    if (dryRun) {
      const what = [message, file?.filename].filter(Boolean).join(' + ')
      out.result({ ok: true, dryRun: true, ...params }, () => [
        t('message.wouldSend', { target: to, channel: flags.channel ?? '?', message: what }),
      ])
      return 0
    }
    const sent = await withGateway(
      context,
      flags,
      { scopes: ['operator.write'] },
      (gateway: GatewayLine<typeof sendMethods>) =>
        gateway.call(
          'send',
          { ...params, ...(file && { buffer: file.buffer }), idempotencyKey: randomUUID() },
          { timeoutMs: flags.timeout ?? answerMs },
        ),
    )
    out.result({ ok: true, ...sent }, () => [
      t('message.sent', { target: sent.to, channel: sent.channel, id: sent.messageId }),
    ])
    return 0
  },
})
