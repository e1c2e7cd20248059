import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { profileRows, profileTable } from '../../profile-table.js'

export default defineCommand({
  summary: 'profiles.list.summary',
  description: 'profiles.list.description',
  options: jsonOption,
  examples: [{ command: 'profiles list' }, { command: 'profiles list --json' }],
  async run(context) {
    const { out, t } = context
    const rows = await profileRows(await context.instance())
    const overlapping = rows.some(({ overlaps }) => overlaps.length > 0)
    out.result({ ok: true, profiles: rows }, () => [
      ...profileTable(rows, context),
      ...(overlapping ? ['', t('profiles.overlapHint')] : []),
    ])
    return 0
  },
})
