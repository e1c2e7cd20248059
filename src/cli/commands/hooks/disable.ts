import { jsonOption } from '../../client-options.js'
import { runEdit } from '../../config-edit.js'
import { defineCommand } from '../../define.js'
import { switchOf } from '../../hooks/find.js'

export default defineCommand({
  summary: 'hooks.disable.summary',
  args: [{ name: 'name', text: 'hooks.arg.name', required: true }],
  options: { dryRun: { kind: 'flag', text: 'config.option.dryRun' }, ...jsonOption },
  examples: [{ command: 'hooks disable notify' }],
  async run(context, { name }, { dryRun }) {
    return runEdit(context, [{ op: 'set', path: await switchOf(context, name), value: false }], { dryRun })
  },
})
