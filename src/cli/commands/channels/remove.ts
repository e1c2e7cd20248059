import { getAt } from '../../../config/tree.js'
import { jsonOption } from '../../client-options.js'
import { runEdit } from '../../config-edit.js'
import { defineCommand } from '../../define.js'
import { localConfig } from '../../local-config.js'
import { usageError } from '../../usage.js'

export default defineCommand({
  summary: 'channels.remove.summary',
  description: 'channels.remove.description',
  args: [{ name: 'channel', text: 'channels.arg.channel', required: true }],
  options: {
    account: { kind: 'text', value: 'account', text: 'channels.option.account' },
    delete: { kind: 'flag', text: 'channels.option.delete' },
    dryRun: { kind: 'flag', text: 'config.option.dryRun' },
    ...jsonOption,
  },
  examples: [{ command: 'channels remove telegram' }, { command: 'channels remove telegram --account work --delete' }],
  async run(context, { channel }, { account = 'default', delete: wipe, dryRun }) {
    const path = account === 'default' ? ['channels', channel] : ['channels', channel, 'accounts', account]
    const { config } = await localConfig(context)
    if (getAt(config, path) === undefined) throw usageError(context.t('channels.remove.unknown', { channel, account }))
    const key = path.join('.')
    return runEdit(context, [wipe ? { op: 'unset', path: key } : { op: 'set', path: `${key}.enabled`, value: false }], {
      dryRun,
    })
  },
})
