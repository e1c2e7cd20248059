export interface KnownChannel {
  readonly label: string
  /** Sets of keys; a channel can start with any one set complete. An empty set: a login that is not in the config. */
  readonly needs: readonly (readonly string[])[]
  /** Variables that stand in for keys of the default account. */
  readonly env?: Readonly<Record<string, string>>
}

/** Ids are the keys of the config's section `channels`. */
export const knownChannels: Readonly<Record<string, KnownChannel>> = {
  telegram: { label: 'Telegram', needs: [['botToken'], ['tokenFile']], env: { botToken: 'TELEGRAM_BOT_TOKEN' } },
  whatsapp: { label: 'WhatsApp', needs: [[]] },
  discord: { label: 'Discord', needs: [['token']], env: { token: 'DISCORD_BOT_TOKEN' } },
  slack: {
    label: 'Slack',
    needs: [
      ['botToken', 'appToken'],
      ['botToken', 'signingSecret'],
    ],
    env: { botToken: 'SLACK_BOT_TOKEN', appToken: 'SLACK_APP_TOKEN' },
  },
  signal: { label: 'Signal', needs: [['account']] },
  feishu: { label: 'Feishu', needs: [['appId', 'appSecret']] },
  qqbot: {
    label: 'QQ',
    needs: [
      ['appId', 'clientSecret'],
      ['appId', 'clientSecretFile'],
    ],
    env: { appId: 'QQBOT_APP_ID', clientSecret: 'QQBOT_CLIENT_SECRET' },
  },
  webchat: { label: 'WebChat', needs: [[]] },
  imessage: { label: 'iMessage', needs: [[]] },
  googlechat: { label: 'Google Chat', needs: [['serviceAccount'], ['serviceAccountFile']] },
  msteams: { label: 'Microsoft Teams', needs: [['appId', 'appPassword']] },
  matrix: {
    label: 'Matrix',
    needs: [
      ['homeserver', 'accessToken'],
      ['homeserver', 'userId', 'password'],
    ],
  },
  irc: { label: 'IRC', needs: [['host', 'nick']] },
  mattermost: { label: 'Mattermost', needs: [['baseUrl', 'botToken']] },
  zalo: { label: 'Zalo', needs: [['botToken'], ['tokenFile']] },
  line: { label: 'LINE', needs: [['channelAccessToken', 'channelSecret']] },
}
