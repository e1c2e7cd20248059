import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { formatDuration } from '../../durations.js'
import { localConfig } from '../../local-config.js'
import { table } from '../../table.js'

export default defineCommand({
  summary: 'sandbox.list.summary',
  options: { browser: { kind: 'flag', text: 'sandbox.option.browser', unavailable: true }, ...jsonOption },
  examples: [{ command: 'sandbox list' }],
  async run(context) {
    const { instance, config } = await localConfig(context)
    const { localSandboxes } = await import('../../../sandbox/local.js')
    const containers = await localSandboxes(instance, config).registry.list()
    const now = Date.now()
    context.out.result({ containers }, () => {
      if (containers.length === 0) return [context.t('sandbox.none')]
      const head = (['name', 'backend', 'scope', 'image', 'used'] as const).map((key) =>
        context.t(`sandbox.column.${key}`),
      )
      const rows = containers.map((entry) => [
        entry.containerName,
        entry.backend,
        entry.scopeKey,
        entry.image,
        formatDuration(Math.max(now - entry.lastUsedAtMs, 0)),
      ])
      return table(context.out, head, rows)
    })
    return 0
  },
})
