export interface KnownChannel {
  readonly label: string
  /** Sets of keys; a channel can start with any one set complete. An empty set: a login that is not in the config. */
  readonly needs: readonly (readonly string[])[]
}

/** Ids are the keys of the config's section `channels`. */
export const knownChannels: Readonly<Record<string, KnownChannel>> = {
  telegram: { label: 'Telegram', needs: [['botToken'], ['tokenFile']] },
  whatsapp: { label: 'WhatsApp', needs: [[]] },
  discord: { label: 'Discord', needs: [['token']] },
  slack: {
    label: 'Slack',
    needs: [
      ['botToken', 'appToken'],
      ['botToken', 'signingSecret'],
    ],
  },
  signal: { label: 'Signal', needs: [['account']] },
  feishu: { label: 'Feishu', needs: [['appId', 'appSecret']] },
  qqbot: {
    label: 'QQ',
    needs: [
      ['appId', 'clientSecret'],
      ['appId', 'clientSecretFile'],
    ],
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
