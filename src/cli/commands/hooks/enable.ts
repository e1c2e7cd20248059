import { jsonOption } from '../../client-options.js'
import { runEdit } from '../../config-edit.js'
import { defineCommand } from '../../define.js'
import { switchOf } from '../../hooks/find.js'

export default defineCommand({
  summary: 'hooks.enable.summary',
  args: [{ name: 'name', text: 'hooks.arg.name', required: true }],
  options: { dryRun: { kind: 'flag', text: 'config.option.dryRun' }, ...jsonOption },
  examples: [{ command: 'hooks enable notify' }],
  async run(context, { name }, { dryRun }) {
    const path = await switchOf(context, name)
    const edits = [path, ['hooks', 'internal', 'enabled']].map((key) => ({
      op: 'set' as const,
      path: key,
      value: true,
    }))
    return runEdit(context, edits, { dryRun })
  },
})
