/** Fields of a config that take a reference to a secret, by who is without it when it cannot be read. */
export interface SecretSurface {
  /** Who needs it, for people and logs; `*` takes the keys that the root names, in order. */
  readonly owner: string
  /** The part of the config that belongs to the owner; `*` is any key, `[]` any place of a list. */
  readonly root: string
  /** Fields below the root. */
  readonly fields: readonly string[]
}

const tls = ['ca', 'cert', 'key', 'passphrase']
const sshData = ['ssh.identityData', 'ssh.certificateData', 'ssh.knownHostsData']

/** Secrets of each channel, at the channel and in its `accounts.*` (spec/config.md section 5.7). */
const channels: Readonly<Record<string, readonly string[]>> = {
  telegram: ['botToken', 'webhookSecret'],
  discord: ['token'],
  slack: ['botToken', 'appToken', 'userToken', 'signingSecret'],
  feishu: ['appSecret', 'encryptKey', 'verificationToken'],
  qqbot: ['clientSecret'],
  googlechat: ['serviceAccount'],
  msteams: ['appPassword'],
  matrix: ['accessToken', 'password'],
  irc: ['password'],
  mattermost: ['botToken'],
  zalo: ['botToken', 'webhookSecret'],
  line: ['channelAccessToken', 'channelSecret'],
}

/**
 * Every place that takes references. A test compares it with the schema: what is in one of them and not in the other is
 * a mistake. Source: spec/config.md section 5.7.
 */
export const secretSurfaces: readonly SecretSurface[] = [
  { owner: 'gateway:ingress-auth', root: 'gateway.auth', fields: ['token', 'password'] },
  { owner: 'gateway:remote', root: 'gateway.remote', fields: ['token', 'password', 'edgeAuth.*'] },
  {
    owner: 'provider:*',
    root: 'models.providers.*',
    fields: [
      'apiKey',
      'headers.*',
      'request.headers.*',
      'request.auth.token',
      'request.auth.value',
      ...tls.flatMap((key) => [`request.tls.${key}`, `request.proxy.tls.${key}`]),
      'models.[].headers.*',
    ],
  },
  { owner: 'skill:*', root: 'skills.entries.*', fields: ['apiKey'] },
  { owner: 'cron:webhook', root: 'cron', fields: ['webhookToken'] },
  { owner: 'hooks:signatures', root: 'hooks', fields: ['mappings.[].signature.secret'] },
  { owner: 'hook:*', root: 'hooks.internal.entries.*', fields: ['secret'] },
  {
    owner: 'tool:web_search',
    root: 'tools.web.search',
    fields: ['apiKey', 'brave.apiKey', 'perplexity.apiKey'],
  },
  { owner: 'memory:search', root: 'memory.search', fields: ['remote.apiKey'] },
  { owner: 'plugin:*', root: 'plugins.entries.*', fields: ['config.webSearch.apiKey'] },
  { owner: 'sandbox:defaults', root: 'agents.defaults.sandbox', fields: sshData },
  { owner: 'sandbox:*', root: 'agents.entries.*.sandbox', fields: sshData },
  ...Object.entries(channels).flatMap(([name, fields]) => [
    { owner: `channel:${name}`, root: `channels.${name}`, fields },
    { owner: `channel:${name}/*`, root: `channels.${name}.accounts.*`, fields },
  ]),
]

/** Fields whose value may be more than text, e.g. a JSON object. */
export const structuredSecrets: readonly string[] = ['serviceAccount']
