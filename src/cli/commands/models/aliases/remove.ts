import { jsonOption } from '../../../client-options.js'
import { runEdit } from '../../../config-edit.js'
import { defineCommand } from '../../../define.js'
import { localConfig } from '../../../local-config.js'
import { aliasesOf, sameAlias } from '../../../models/aliases.js'
import { usageError } from '../../../usage.js'

export default defineCommand({
  summary: 'models.aliases.remove',
  args: [{ name: 'alias', text: 'models.arg.alias', required: true }],
  options: { dryRun: { kind: 'flag', text: 'config.option.dryRun' }, ...jsonOption },
  examples: [{ command: 'models aliases remove smart' }],
  async run(context, { alias }, { dryRun }) {
    const { config } = await localConfig(context)
    const found = aliasesOf(config).find((one) => sameAlias(one.alias, alias))
    if (!found) throw usageError(context.t('models.aliases.unknown', { alias }), 'models aliases list')
    const path = ['agents', 'defaults', 'models', found.model, 'alias']
    return runEdit(context, [{ op: 'unset', path }], { dryRun })
  },
})
