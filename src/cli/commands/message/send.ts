import { randomUUID } from 'node:crypto'
import type sendMethods from '../../../../routes/ws/send.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'
import { usageError } from '../../usage.js'

export default defineCommand({
  summary: 'message.send.summary',
  options: {
    channel: { kind: 'text', value: 'channel', text: 'message.option.channel' },
    target: { kind: 'text', value: 'target', text: 'message.option.target', alias: '--to' },
    message: { kind: 'text', short: 'm', value: 'text', text: 'message.option.message' },
    account: { kind: 'text', value: 'account', text: 'channels.option.account' },
    replyTo: { kind: 'text', value: 'id', text: 'message.option.replyTo' },
    threadId: { kind: 'text', value: 'id', text: 'message.option.threadId' },
    silent: { kind: 'flag', text: 'message.option.silent' },
    dryRun: { kind: 'flag', text: 'message.option.dryRun' },
    ...callOptions,
  },
  examples: [{ command: 'message send --channel telegram --target 42 --message "Hello"' }],
  async run(context, _args, options) {
    const { out, t } = context
    const { channel, target, message, account, replyTo, threadId, silent, dryRun, ...flags } = options
    if (target === undefined) throw usageError(t('usage.missing', { name: '--target' }), 'message send --help')
    if (message === undefined) throw usageError(t('usage.missing', { name: '--message' }), 'message send --help')
    const params = {
      to: target,
      message,
      ...(channel !== undefined && { channel }),
      ...(account !== undefined && { accountId: account }),
      ...(replyTo !== undefined && { replyToId: replyTo }),
      ...(threadId !== undefined && { threadId }),
      ...(silent && { silent }),
    }
    if (dryRun) {
      out.result({ ok: true, dryRun: true, ...params }, () => [
        t('message.wouldSend', { target, channel: channel ?? '?', message }),
      ])
      return 0
    }
    const sent = await withGateway(
      context,
      flags,
      { scopes: ['operator.write'] },
      (gateway: GatewayLine<typeof sendMethods>) =>
        gateway.call('send', { ...params, idempotencyKey: randomUUID() }, { timeoutMs: flags.timeout ?? 25_000 }),
    )
    out.result({ ok: true, ...sent }, () => [
      t('message.sent', { target: sent.to, channel: sent.channel, id: sent.messageId }),
    ])
    return 0
  },
})
