import { jsonOption } from '../../client-options.js'
import { runEdit } from '../../config-edit.js'
import { defineCommand } from '../../define.js'

export default defineCommand({
  summary: 'config.unset.summary',
  args: [{ name: 'path', text: 'config.arg.path', required: true }],
  options: { dryRun: { kind: 'flag', text: 'config.option.dryRun' }, ...jsonOption },
  examples: [{ command: 'config unset gateway.bind' }],
  run: (context, { path }, { dryRun }) => runEdit(context, [{ op: 'unset', path }], { dryRun }),
})
