import { loadLibrary } from '../_library.js'
import { ChannelFailure, defineChannel } from '../port.js'
import { clientOptions, SlackApi, silentLogger } from './api.js'
import { SlackConnection } from './connection.js'
import { normaliseSlack } from './normalise.js'

/** Slack asks for at most 4000 characters. */
const textLimit = 3900

export default defineChannel({
  label: 'Slack',
  capabilities: {
    textLimit,
    counts: 'raw',
    edits: true,
    editMs: 1_500,
    deletes: true,
    blocks: { together: 1_500 },
    media: true,
    pins: 'list',
    reads: true,
    reactions: true,
    threads: true,
    members: true,
  },
  needs: [['botToken', 'appToken']],
  // Slack shares events out among the sockets of an app: with two gateways, each would miss half.
  credential: ({ keys }) => text(keys.appToken),
  normaliseId: normaliseSlack,
  async open({ keys, path }, host) {
    if (keys.mode === 'http') {
      throw new ChannelFailure(
        'auth',
        `${path}.mode: "http" is not supported. Use socket mode: mode "socket" and appToken`,
      )
    }
    const { SocketModeClient } = await loadLibrary('@slack/socket-mode', () => import('@slack/socket-mode'))
    const { WebClient } = await loadLibrary('@slack/web-api', () => import('@slack/web-api'))
    const apiRoot = text(keys.apiRoot)?.replace(/\/+$/, '')
    const botToken = text(keys.botToken) ?? ''
    return new SlackConnection({
      ...{ host, botToken, apiRoot },
      api: new SlackApi(new WebClient(botToken, clientOptions(apiRoot))),
      socket: () =>
        new SocketModeClient({
          appToken: text(keys.appToken) ?? '',
          autoReconnectEnabled: false,
          logger: silentLogger,
          clientOptions: clientOptions(apiRoot),
        }),
    })
  },
})

const text = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined)
