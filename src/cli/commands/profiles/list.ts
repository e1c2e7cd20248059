import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { profileTable } from '../../profile-table.js'

export default defineCommand({
  summary: 'profiles.list.summary',
  description: 'profiles.list.description',
  options: jsonOption,
  examples: [{ command: 'profiles list' }, { command: 'profiles list --json' }],
  async run(context) {
    const { out, t } = context
    const { rows, lines } = await profileTable(context)
    const overlapping = rows.some(({ overlaps }) => overlaps.length > 0)
    out.result({ ok: true, profiles: rows }, () => [...lines, ...(overlapping ? ['', t('profiles.overlapHint')] : [])])
    return 0
  },
})
