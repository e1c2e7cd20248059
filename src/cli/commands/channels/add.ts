import { knownChannels } from '../../../channels/known.js'
import type { EditRequest } from '../../../config/edit-types.js'
import { jsonOption } from '../../client-options.js'
import { runEdit } from '../../config-edit.js'
import { defineCommand } from '../../define.js'
import { usageError } from '../../usage.js'

/** The key that holds the token of a channel that needs one. */
const tokenKeys: Readonly<Record<string, string>> = {
  telegram: 'botToken',
  discord: 'token',
  slack: 'botToken',
  mattermost: 'botToken',
  zalo: 'botToken',
}

export default defineCommand({
  summary: 'channels.add.summary',
  description: 'channels.add.description',
  args: [{ name: 'channel', text: 'channels.arg.channel', required: true }],
  options: {
    channel: { kind: 'text', value: 'channel', text: 'channels.arg.channel', hidden: true },
    account: { kind: 'text', value: 'account', text: 'channels.option.account' },
    token: { kind: 'text', value: 'token', text: 'channels.option.token' },
    tokenEnv: { kind: 'text', value: 'variable', text: 'channels.option.tokenEnv' },
    appToken: { kind: 'text', value: 'token', text: 'channels.option.appToken' },
    name: { kind: 'text', value: 'name', text: 'channels.option.name' },
    dryRun: { kind: 'flag', text: 'config.option.dryRun' },
    ...jsonOption,
  },
  examples: [
    { command: 'channels add telegram --token-env TELEGRAM_BOT_TOKEN' },
    { command: 'channels add telegram --account work --token 123:abc' },
  ],
  async run(context, { channel }, { account, token, tokenEnv, appToken, name, dryRun }) {
    const { t, hint } = context
    const known = knownChannels[channel]
    if (!known) throw usageError(t('channels.add.unknown', { channel, known: Object.keys(knownChannels).join(', ') }))
    if (token !== undefined && tokenEnv !== undefined) throw usageError(t('channels.add.one'))
    const root =
      account === undefined || account === 'default' ? `channels.${channel}` : `channels.${channel}.accounts.${account}`
    const key = tokenKeys[channel]
    const secret = tokenEnv === undefined ? token : { source: 'env', provider: 'default', id: tokenEnv }
    if (key === undefined && known.needs.every((keys) => keys.length > 0)) {
      const keys = known.needs.map((set) => set.join(' + ')).join(' / ')
      throw usageError(
        t('channels.add.otherKeys', { channel, keys, command: hint(`config set ${root}.<key> <value>`) }),
      )
    }
    if (key !== undefined && secret === undefined) throw usageError(t('channels.add.noToken', { channel }))
    const edits: EditRequest[] = [
      { op: 'set', path: `${root}.enabled`, value: true },
      ...(key !== undefined ? [{ op: 'set' as const, path: `${root}.${key}`, value: secret }] : []),
      ...(appToken !== undefined ? [{ op: 'set' as const, path: `${root}.appToken`, value: appToken }] : []),
      ...(name !== undefined ? [{ op: 'set' as const, path: `${root}.name`, value: name }] : []),
    ]
    return runEdit(context, edits, { dryRun })
  },
})
