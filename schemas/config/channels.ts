import { Type } from '../type.js'
import { allowFromUnderDm, channel, channelKeys, credential, ids } from './channel-keys.js'
import { choice, either, flag, int, list, mapOf, openSection, port, section, text, texts } from './words.js'

const webhook = {
  webhookUrl: text('Public URL of the webhook.'),
  webhookPath: text('Path of the webhook.'),
  webhookSecret: credential('Secret of the webhook.'),
}
const rooms = mapOf(
  'Channels by id, name or "*".',
  openSection('One channel.', {
    requireMention: flag('Answer only when mentioned.'),
    enabled: flag('Listen here.'),
    users: ids('Members that may write here.'),
    roles: ids('Roles that may write here.'),
  }),
)

export const telegram = channel('Telegram bot.', {
  ...webhook,
  webhookHost: text('Address that the webhook listens on; 127.0.0.1.'),
  webhookPort: port('Port that the webhook listens on; three above that of the gateway.'),
  botToken: credential('Token from @BotFather.'),
  tokenFile: text('File that holds the token.'),
  apiRoot: text('Bot API server.'),
  linkPreview: flag('Show link previews.'),
  customCommands: list(
    'Further entries of the commands menu; what they say is for the agent.',
    section('One entry.', {
      command: text('Name, 1 to 32 small letters, digits and _.'),
      description: text('What the menu says of it.'),
    }),
  ),
})

export const whatsapp = channel('WhatsApp Web.', {
  authDir: text('Folder of the login.'),
  selfChatMode: flag('Answer in the chat with oneself.'),
  sendReadReceipts: flag('Send read receipts.', true),
})

export const discord = channel('Discord bot.', {
  ...allowFromUnderDm,
  token: credential('Bot token.'),
  apiRoot: text('REST server; it names the gateway.'),
  suppressEmbeds: flag('Show no previews of links in answers.', true),
  guilds: mapOf(
    'Servers by id or slug.',
    openSection('One server.', {
      requireMention: flag('Answer only when mentioned.'),
      users: ids('Members that may write.'),
      roles: ids('Roles that may write.'),
      channels: rooms,
    }),
  ),
  intents: openSection('Gateway intents.', { messageContent: flag('Read message content.') }),
})

export const slack = channel('Slack app.', {
  ...allowFromUnderDm,
  mode: choice('How events arrive.', ['socket', 'http']),
  botToken: credential('xoxb token.'),
  appToken: credential('xapp token.'),
  userToken: credential('xoxp token.'),
  apiRoot: text('Web API server, up to /api.'),
  signingSecret: credential('Signing secret (mode http).'),
  webhookPath: text('Path of events (mode http).'),
  channels: rooms,
  slashCommand: openSection('Slash command.', { name: text('Name.'), ephemeral: flag('Answer in private.') }),
  thread: openSection('Threads.', { initialHistoryLimit: int('Earlier messages given as context.') }),
})

export const feishu = channel('Feishu / Lark app.', {
  appId: text('App id.'),
  appSecret: credential('App secret.'),
  encryptKey: credential('Encrypt key (webhook).'),
  verificationToken: credential('Verification token (webhook).'),
  domain: text('feishu, lark or an https base URL.'),
  connectionMode: choice('How events arrive.', ['websocket', 'webhook']),
  webhookPath: text('Path of the webhook.'),
  webhookPort: int('Port of the webhook, on loopback.'),
  groupSenderAllowFrom: ids('Senders that may write in groups.'),
  renderMode: choice('How answers are shown.', ['auto', 'raw', 'card']),
  replyInThread: Type.Unknown({ description: 'Answer in a thread.' }),
  typingIndicator: flag('React while working.'),
})

export const qqbot = channel('QQ bot.', {
  appId: either('App id.', [Type.String(), Type.Integer()]),
  clientSecret: credential('Client secret.'),
  clientSecretFile: text('File that holds the client secret.'),
  apiRoot: text('Address of the API.'),
  tokenUrl: text('Address that hands out tokens.'),
})

export const signal = channel('Signal through signal-cli.', {
  account: text('Phone number, E.164.'),
  httpUrl: text('URL of the signal-cli daemon.'),
  cliPath: text('signal-cli program.'),
  autoStart: flag('Start the daemon when no httpUrl is set.'),
  httpPort: int('Port of the daemon that is started; any free one when unset.'),
  startupTimeoutMs: int('How long the daemon may take to come up, in milliseconds.'),
  sendReadReceipts: flag('Send read receipts.', false),
})

export const channels = section('Chat channels.', {
  defaults: openSection('Settings of all channels.', channelKeys),
  telegram,
  whatsapp,
  discord,
  slack,
  signal,
  feishu,
  qqbot,
  webchat: channel('Chat in the control page.', {}),
  imessage: channel('iMessage on macOS.', { cliPath: text('imsg program.'), dbPath: text('Messages database.') }),
  googlechat: channel('Google Chat app.', {
    serviceAccount: Type.Unknown({
      description: 'Service account: JSON, text or a secret reference.',
      'x-secret': true,
    }),
    serviceAccountFile: text('File of the service account.'),
  }),
  msteams: channel('Microsoft Teams bot.', {
    appId: text('App id.'),
    appPassword: credential('App password.'),
    tenantId: text('Tenant.'),
  }),
  matrix: channel('Matrix.', {
    homeserver: text('Homeserver URL.'),
    userId: text('User id.'),
    accessToken: credential('Access token.'),
    password: credential('Password.'),
  }),
  irc: channel('IRC.', {
    host: text('Server.'),
    port: int('Port.'),
    tls: flag('Use TLS.'),
    nick: text('Nick.'),
    password: credential('Server password.'),
    channels: texts('Channels to join.'),
  }),
  mattermost: channel('Mattermost bot.', { botToken: credential('Bot token.'), baseUrl: text('Server URL.') }),
  zalo: channel('Zalo bot.', {
    ...webhook,
    botToken: credential('Bot token.'),
    tokenFile: text('File that holds the token.'),
  }),
  line: channel('LINE bot.', {
    channelAccessToken: credential('Channel access token.'),
    channelSecret: credential('Channel secret.'),
  }),
})
