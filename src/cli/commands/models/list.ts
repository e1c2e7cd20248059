import { loadConfig } from '../../../config/load.js'
import { configSource } from '../../../config/source.js'
import { ECHO_MODEL, listModels } from '../../../models/selection.js'
import { jsonOption } from '../../client-options.js'
import { configInvalid } from '../../config-issues.js'
import { defineCommand } from '../../define.js'
import { columns } from '../../text-width.js'

export default defineCommand({
  summary: 'models.list.summary',
  options: jsonOption,
  examples: [{ command: 'models list' }],
  async run({ instance, out, t }) {
    const who = await instance()
    const loaded = await loadConfig(configSource(who))
    if (!loaded.ok) throw configInvalid(who.paths.config, loaded.issues, t)
    const models = [{ ref: ECHO_MODEL, provider: 'builtin', name: t('models.echo') }, ...listModels(loaded.config)]
    out.result({ ok: true, models }, () => columns(models.map(({ ref, name }) => [ref, name])))
    return 0
  },
})
