import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { hooksNamed } from '../../hooks/find.js'

export default defineCommand({
  summary: 'hooks.info.summary',
  args: [{ name: 'name', text: 'hooks.arg.name', required: true }],
  options: { ...jsonOption },
  examples: [{ command: 'hooks info /hooks/wake' }],
  async run(context, { name }) {
    const { out, t } = context
    const hooks = await hooksNamed(context, name)
    out.result({ hooks }, () =>
      hooks.flatMap(({ enabled, description, source }) => [
        `${name}: ${t(enabled ? 'hooks.on' : 'hooks.off')}`,
        `    ${description}`,
        `    ${source}`,
      ]),
    )
    return 0
  },
})
