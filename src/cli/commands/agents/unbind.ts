import { GatewayError } from '../../../kernel/errors.js'
import { readBindings, sameBinding } from '../../agents/bindings.js'
import { jsonOption } from '../../client-options.js'
import { runEdit } from '../../config-edit.js'
import { defineCommand } from '../../define.js'
import { localConfig } from '../../local-config.js'

export default defineCommand({
  summary: 'agents.unbind.summary',
  args: [
    { name: 'id', text: 'agents.arg.id', required: true },
    { name: 'bindings', text: 'agents.option.bind' },
  ],
  options: {
    all: { kind: 'flag', text: 'agents.option.all' },
    dryRun: { kind: 'flag', text: 'config.option.dryRun' },
    ...jsonOption,
  },
  examples: [{ command: 'agents unbind work telegram:work' }, { command: 'agents unbind work --all' }],
  async run(context, { id, bindings }, { all, dryRun }) {
    const { config } = await localConfig(context)
    const known = config.bindings ?? []
    if (!all && bindings === undefined) {
      throw new GatewayError('usage', { message: context.t('agents.unbind.which') })
    }
    const gone = readBindings(id, bindings)
    const goes = (rule: (typeof known)[number]) =>
      rule.agentId === id && (all || gone.some((other) => sameBinding(rule, other)))
    const kept = known.filter((rule) => !goes(rule))
    if (kept.length === known.length) {
      throw new GatewayError('not_found', {
        message: context.t('agents.unbind.none', { id }),
        details: { next: 'agents bindings' },
      })
    }
    return runEdit(context, [{ op: 'set', path: 'bindings', value: kept }], { dryRun })
  },
})
