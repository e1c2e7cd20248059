import { randomUUID } from 'node:crypto'
import type sendMethods from '../../../../routes/ws/send.js'
import { channelNames } from '../../../channels/accounts.js'
import { GatewayError } from '../../../kernel/errors.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'
import { readMedia } from '../../message/media.js'
import { answerMs, lastOptions, needs, placeOptions } from '../../message/options.js'
import { usageError } from '../../usage.js'

const { target: _target, threadId: _threadId, ...where } = placeOptions
const mostTargets = 100

export default defineCommand({
  summary: 'message.broadcast.summary',
  description: 'message.broadcast.description',
  options: {
    ...where,
    targets: { kind: 'list', value: 'target', text: 'message.option.targets', alias: '--target' },
    message: { kind: 'text', short: 'm', value: 'text', text: 'message.option.message' },
    media: { kind: 'text', value: 'file', text: 'message.option.media' },
    silent: { kind: 'flag', text: 'message.option.silent' },
    ...lastOptions,
  },
  examples: [
    { command: 'message broadcast --channel telegram --targets 42 --targets group:-100 --message "Closed on Monday"' },
    { command: 'message broadcast --targets telegram:42 --targets slack:channel:C1 --message "Closed on Monday"' },
  ],
  async run(context, _args, { targets = [], message, media, silent, channel, account, dryRun, ...flags }) {
    const { out, t, explain } = context
    if (targets.length === 0 || targets.length > mostTargets) {
      throw usageError(t('message.targets', { max: mostTargets }), 'message broadcast --help')
    }
    if (media === undefined) needs(context, 'message broadcast', '--message', message)
    const file = media === undefined ? undefined : await readMedia(context, media)
    const channels = channelNames()
    const letters = targets.map((to) => {
      const named = channels.find((name) => to.toLowerCase().startsWith(`${name}:`)) ?? channel
      return {
        to,
        ...(named !== undefined && { channel: named }),
        ...(account !== undefined && { accountId: account }),
        ...(message !== undefined && { message }),
        ...(silent && { silent }),
        ...(file && { filename: file.filename }),
      }
    })
    if (dryRun) {
      out.result({ ok: true, dryRun: true, results: letters }, () =>
        letters.map(({ to, channel: over = '?' }) =>
          t('message.wouldSend', { target: to, channel: over, message: message ?? file?.filename ?? '' }),
        ),
      )
      return 0
    }
    const results = await withGateway(
      context,
      flags,
      { scopes: ['operator.write'] },
      async (gateway: GatewayLine<typeof sendMethods>) => {
        const found = []
        for (const letter of letters) {
          const params = { ...letter, ...(file && { buffer: file.buffer }), idempotencyKey: randomUUID() }
          found.push(
            await gateway.call('send', params, { timeoutMs: flags.timeout ?? answerMs }).then(
              (sent) => ({ ok: true as const, ...sent }),
              (error: unknown) => {
                if (!(error instanceof GatewayError)) throw error
                return { ok: false as const, to: letter.to, error: explain(error) }
              },
            ),
          )
        }
        return found
      },
    )
    const ok = results.every((one) => one.ok)
    out.result({ ok, results }, () =>
      results.map((one) =>
        one.ok
          ? t('message.sent', { target: one.to, channel: one.channel, id: one.messageId })
          : t('message.notSent', { target: one.to, why: one.error }),
      ),
    )
    return ok ? 0 : 1
  },
})
