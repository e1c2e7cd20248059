import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { appliedLines } from '../../secrets/applied-lines.js'
import { applyOptions } from '../../secrets/apply-options.js'
import { stopSignal } from '../../stop-signal.js'
import { usageError } from '../../usage.js'

export default defineCommand({
  summary: 'secrets.apply.summary',
  description: 'secrets.apply.description',
  options: {
    from: { kind: 'text', value: 'file', text: 'secrets.option.from' },
    dryRun: { kind: 'flag', text: 'secrets.option.dryRun' },
    allowExec: { kind: 'flag', text: 'secrets.option.allowExec' },
    ...jsonOption,
  },
  examples: [{ command: 'secrets apply --from plan.json --dry-run' }, { command: 'secrets apply --from plan.json' }],
  async run(context, _args, { from, dryRun, allowExec }) {
    if (from === undefined) throw usageError(context.t('secrets.apply.needsFrom'))
    const { resolve } = await import('node:path')
    const [{ readPlanFile }, { applyPlan }] = await Promise.all([
      import('../../../secrets/plan/read-plan.js'),
      import('../../../secrets/plan/apply.js'),
    ])
    const instance = await context.instance()
    const plan = await readPlanFile(resolve(context.io.cwd, from))
    const { signal, release } = stopSignal(context.io)
    try {
      const applied = await applyPlan(instance, plan, await applyOptions(context, { dryRun, allowExec, signal }))
      context.out.result({ ok: true, ...applied }, () => appliedLines(context, applied))
      return 0
    } finally {
      release()
    }
  },
})
