import { jsonOption } from '../../../client-options.js'
import { runEdit } from '../../../config-edit.js'
import { defineCommand } from '../../../define.js'
import { aliasesOf, sameAlias } from '../../../models/aliases.js'
import { configFor, refOf } from '../../../models/choice.js'
import { usageError } from '../../../usage.js'

const aliasPattern = /^[A-Za-z0-9][\w.:-]{0,63}$/

export default defineCommand({
  summary: 'models.aliases.add',
  args: [
    { name: 'alias', text: 'models.arg.alias', required: true },
    { name: 'model', text: 'models.arg.model', required: true },
  ],
  options: { dryRun: { kind: 'flag', text: 'config.option.dryRun' }, ...jsonOption },
  examples: [{ command: 'models aliases add smart openrouter/qwen/qwen3-coder' }],
  async run(context, { alias, model }, { dryRun }) {
    if (!aliasPattern.test(alias)) throw usageError(context.t('models.aliases.invalid', { alias }))
    const config = await configFor(context, model)
    const ref = refOf(config, model)
    const taken = aliasesOf(config).find((one) => sameAlias(one.alias, alias) && one.model !== ref)
    if (taken) {
      throw usageError(context.t('models.aliases.taken', taken), `models aliases remove ${taken.alias}`)
    }
    const path = ['agents', 'defaults', 'models', ref, 'alias']
    return runEdit(context, [{ op: 'set', path, value: alias }], { dryRun })
  },
})
