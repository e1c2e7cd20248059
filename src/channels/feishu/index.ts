import { type Account, ChannelFailure, defineChannel, type Host } from '../port.js'
import { FeishuApi, rootOf } from './api.js'
import { FeishuConnection, type Listen } from './connection.js'
import { normaliseFeishu } from './normalise.js'

const defaultPath = '/feishu/events'
const defaultPort = 3000

export default defineChannel({
  label: 'Feishu',
  capabilities: { textLimit: 4_000, counts: 'raw', media: true, idempotentMs: 3_600_000, members: true },
  needs: [['appId', 'appSecret']],
  // The platform hands each event to one of an app's connections.
  credential: ({ keys }) => text(keys.appId),
  normaliseId: normaliseFeishu,
  open(account, host) {
    const { keys, path } = account
    const root = rootOf(text(keys.domain))
    if (!/^https?:\/\//.test(root))
      throw new ChannelFailure('auth', `${path}.domain is none: feishu, lark or https://…`)
    const app = { root, appId: text(keys.appId) ?? '', appSecret: text(keys.appSecret) ?? '' }
    const mode = keys.renderMode
    return new FeishuConnection({
      api: new FeishuApi({ ...app, clock: host.clock }),
      host,
      renderMode: mode === 'raw' || mode === 'card' ? mode : 'auto',
      listen: keys.connectionMode === 'webhook' ? webhook(account, host) : longConnection(account, app),
    })
  },
})

function longConnection({ path }: Account, app: { root: string; appId: string; appSecret: string }): Listen {
  // The library would say nothing, and never connect.
  if (!/^cli_[0-9a-fA-F]{16}$/.test(app.appId)) {
    throw new ChannelFailure('auth', `${path}.appId is none: it looks like cli_0123456789abcdef`)
  }
  return async (signal, opened, take) => {
    const { followEvents } = await import('./socket.js')
    await followEvents({ ...app, signal, opened, take })
  }
}

function webhook({ keys, path }: Account, host: Host): Listen {
  const verificationToken = text(keys.verificationToken)
  const encryptKey = text(keys.encryptKey)
  if (verificationToken === undefined && encryptKey === undefined) {
    throw new ChannelFailure('auth', `${path} needs verificationToken or encryptKey: anybody could post events`)
  }
  return async (signal, opened, take) => {
    const { listenForEvents } = await import('./webhook.js')
    await listenForEvents({
      port: typeof keys.webhookPort === 'number' ? keys.webhookPort : defaultPort,
      path: text(keys.webhookPath) ?? defaultPath,
      ...{ verificationToken, encryptKey, signal, opened },
      take: async (type, event) => {
        if (type === 'im.message.receive_v1') await take(event)
        else host.log.debug({ channel: 'feishu', type }, 'an event of another kind')
      },
    })
  }
}

const text = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined)
