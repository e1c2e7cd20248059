import type webMethods from '../../../../routes/ws/web.js'
import { GatewayError } from '../../../kernel/errors.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'

const allMs = 180_000
/** One question to the gateway; the answer has some more to arrive. */
const roundMs = 20_000
const answerMs = 60_000

export default defineCommand({
  summary: 'channels.login.summary',
  description: 'channels.login.description',
  options: {
    channel: { kind: 'text', value: 'channel', text: 'channels.option.channel' },
    account: { kind: 'text', value: 'account', text: 'channels.option.account' },
    pairingCode: { kind: 'text', value: 'phone', text: 'channels.login.option.pairingCode' },
    force: { kind: 'flag', text: 'channels.login.option.force' },
    ...callOptions,
  },
  examples: [
    { command: 'channels login --channel whatsapp' },
    { command: 'channels login --channel whatsapp --pairing-code +491701234567', text: 'channels.login.example.code' },
  ],
  async run(context, _args, { channel = 'whatsapp', account, pairingCode: phone, force, timeout = allMs, ...flags }) {
    const { out, t } = context
    const which = { channel, ...(account !== undefined && { accountId: account }) }
    const until = performance.now() + timeout
    const done = await withGateway(
      context,
      flags,
      { scopes: ['operator.admin'] },
      async ({ call }: GatewayLine<typeof webMethods>) => {
        const options = { timeoutMs: answerMs }
        const wish = { ...which, ...(force && { force }), ...(phone !== undefined && { phone }) }
        let step = await call('web.login.start', wish, options)
        let seen: string | undefined
        for (;;) {
          const code = step.pairingCode ?? step.qr
          // On stderr: with --json the result alone is on stdout.
          if (code !== undefined && code !== seen) for (const line of await linesOf(step)) out.note(line)
          seen = code ?? seen
          const left = until - performance.now()
          if (step.connected || step.failed || left <= 0) return step
          const current = step.qrDataUrl === undefined ? {} : { currentQrDataUrl: step.qrDataUrl }
          const timeoutMs = Math.ceil(Math.min(roundMs, left))
          step = await call('web.login.wait', { ...which, ...current, timeoutMs }, options)
        }
      },
    )
    const { connected, accountId, message } = done
    if (!connected) {
      throw new GatewayError('channel_unavailable', { message: done.failed ? message : t('channels.login.late') })
    }
    const identity = /\+\d+/.exec(message)?.[0]
    const words = { channel, account: accountId, identity: identity ? ` (${identity})` : '' }
    out.result({ ok: true, channel, accountId, connected, message }, () => [t('channels.login.done', words)])
    return 0

    async function linesOf(step: { readonly qr?: string; readonly pairingCode?: string }): Promise<string[]> {
      if (step.pairingCode !== undefined) return [t('channels.login.type', { code: step.pairingCode })]
      const { default: qrcode } = await import('qrcode')
      return [t('channels.login.scan'), await qrcode.toString(step.qr ?? '', { type: 'utf8' })]
    }
  },
})
