import { Type } from '../../schemas/type.js'
import type { LoginStep } from '../../src/channels/port.js'
import { GatewayError } from '../../src/kernel/errors.js'
import { loginAt } from './_login.js'
import { family, method } from './_method.js'

/** The first code takes a connection to the platform. */
const startMs = 30_000
const waitMs = 120_000
/** Pictures of codes are smaller; nothing else has to come back. */
const pictureLength = 16_384

const Which = {
  channel: Type.Optional(Type.String({ minLength: 1, description: 'Default: whatsapp.' })),
  accountId: Type.Optional(Type.String({ minLength: 1 })),
  timeoutMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 600_000 })),
}
const Result = Type.Object({
  message: Type.String(),
  connected: Type.Boolean(),
  accountId: Type.String(),
  qrDataUrl: Type.Optional(Type.String({ description: 'Picture of the code to scan. Good for a minute at most.' })),
  qr: Type.Optional(Type.String({ description: 'What the picture holds, to draw it elsewhere.' })),
  pairingCode: Type.Optional(Type.String({ description: 'To type in on the phone.' })),
  failed: Type.Optional(Type.Boolean({ description: 'This login is over; begin again.' })),
})

export default family({
  'web.login.start': method({
    summary: 'Begins the login of an account that is linked with a phone',
    description: 'Gives the first code. web.login.wait gives the next ones, and tells when the phone has taken one.',
    scope: 'operator.admin',
    advertised: false,
    params: Type.Object({
      ...Which,
      force: Type.Optional(Type.Boolean({ description: 'A login that stands is given up.' })),
      phone: Type.Optional(
        Type.String({ pattern: '^[+]?[0-9 ()-]{7,24}$', description: 'Number of the phone, for a code to type in.' }),
      ),
      verbose: Type.Optional(Type.Boolean()),
    }),
    result: Result,
    async handler({ runtime, signal }, { channel = 'whatsapp', accountId: wish, timeoutMs = startMs, force, phone }) {
      const { login, accountId } = await loginAt(runtime, channel, wish, signal)
      const digits = phone?.replaceAll(/\D/g, '')
      const asked = { ...(force && { force }), ...(digits !== undefined && { phone: digits }) }
      return shown(await login.start(asked, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])), accountId)
    },
  }),
  'web.login.wait': method({
    summary: 'Waits for the next step of a login',
    description:
      'Returns when the code is another than `currentQrDataUrl`, when the login stands or is over, or in time.',
    scope: 'operator.admin',
    advertised: false,
    params: Type.Object({
      ...Which,
      sessionKey: Type.Optional(Type.String()),
      currentQrDataUrl: Type.Optional(Type.String({ maxLength: pictureLength, pattern: '^data:image/png;base64,' })),
    }),
    result: Result,
    async handler(
      { runtime, signal },
      { channel = 'whatsapp', accountId: wish, timeoutMs = waitMs, currentQrDataUrl: current },
    ) {
      const { login, accountId } = await loginAt(runtime, channel, wish, signal)
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      for (;;) {
        const step = login.step()
        const result = await shown(step, accountId)
        const isNew = result.qrDataUrl !== undefined && result.qrDataUrl !== current
        if (step.state !== 'waiting' || (isNew && current !== undefined) || limit.aborted) return result
        // It may have changed while the picture was made.
        if (login.step() === step) await login.next(limit)
      }
    },
  }),
})

async function shown(step: LoginStep, accountId: string) {
  const { state, qr, pairingCode, identity, error } = step
  const connected = state === 'linked'
  if (connected) return { connected, accountId, message: identity ? `Linked as ${identity}.` : 'Linked.' }
  if (state === 'failed')
    return { connected, accountId, failed: true, message: error ?? 'The login did not come about.' }
  if (pairingCode !== undefined) return { connected, accountId, pairingCode, message: 'Type the code on the phone.' }
  if (qr === undefined) {
    const message = state === 'idle' ? 'No login is under way. Begin one.' : 'There is no code yet. Wait for it.'
    return { connected, accountId, message }
  }
  return { connected, accountId, qr, qrDataUrl: await picture(qr), message: 'Scan the code with the phone.' }
}

async function picture(text: string): Promise<string> {
  const { default: qrcode } = await import('qrcode').catch(() => {
    throw new GatewayError('channel_unavailable', {
      message: 'The package qrcode is not installed; use a pairing code.',
    })
  })
  return qrcode.toDataURL(text, { margin: 2, scale: 4 })
}
