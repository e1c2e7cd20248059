import { jsonOption } from '../../client-options.js'
import { runEdit } from '../../config-edit.js'
import { defineCommand } from '../../define.js'
import { configFor, primaryEdit } from '../../models/choice.js'

export default defineCommand({
  summary: 'models.setImage.summary',
  args: [{ name: 'model', text: 'models.arg.model', required: true }],
  options: { dryRun: { kind: 'flag', text: 'config.option.dryRun' }, ...jsonOption },
  examples: [{ command: 'models set-image openrouter/qwen/qwen3-vl' }],
  async run(context, { model }, { dryRun }) {
    const config = await configFor(context, model)
    return runEdit(context, [primaryEdit(config, 'imageModel', model)], { dryRun })
  },
})
