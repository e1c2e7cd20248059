import { getPath } from '../../../config/get.js'
import { loadConfig } from '../../../config/load.js'
import { redactConfig } from '../../../config/redact.js'
import { configSource } from '../../../config/source.js'
import { GatewayError } from '../../../kernel/errors.js'
import { jsonOption } from '../../client-options.js'
import { configInvalid } from '../../config-issues.js'
import { defineCommand } from '../../define.js'

export default defineCommand({
  summary: 'config.get.summary',
  description: 'config.get.description',
  args: [{ name: 'path', text: 'config.arg.path' }],
  options: jsonOption,
  examples: [{ command: 'config get gateway.port' }, { command: 'config get agents.defaults --json' }],
  async run({ instance, out, t }, { path = '' }) {
    const who = await instance()
    const loaded = await loadConfig(configSource(who))
    if (!loaded.ok) throw configInvalid(who.paths.config, loaded.issues, t)
    const value = await getPath(await redactConfig(loaded.config), path)
    if (value === undefined) {
      throw new GatewayError('config_path_unset', { message: t('config.get.unset', { path }), param: path })
    }
    out.result(value, () => [typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value)])
    return 0
  },
})
