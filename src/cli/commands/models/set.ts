import { jsonOption } from '../../client-options.js'
import { runEdit } from '../../config-edit.js'
import { defineCommand } from '../../define.js'
import { configFor, primaryEdit } from '../../models/choice.js'

export default defineCommand({
  summary: 'models.set.summary',
  args: [{ name: 'model', text: 'models.arg.model', required: true }],
  options: { dryRun: { kind: 'flag', text: 'config.option.dryRun' }, ...jsonOption },
  examples: [{ command: 'models set lmstudio/minimax-m2.5-gs32' }, { command: 'models set builtin/echo' }],
  async run(context, { model }, { dryRun }) {
    const config = await configFor(context, model)
    return runEdit(context, [primaryEdit(config, 'model', model)], { dryRun })
  },
})
