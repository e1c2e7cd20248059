import { agentRoster, requireAgent } from '../../../agents/select.js'
import { readBindings, sameBinding } from '../../agents/bindings.js'
import { jsonOption } from '../../client-options.js'
import { runEdit } from '../../config-edit.js'
import { defineCommand } from '../../define.js'
import { localConfig } from '../../local-config.js'

export default defineCommand({
  summary: 'agents.bind.summary',
  description: 'agents.bind.description',
  args: [
    { name: 'id', text: 'agents.arg.id', required: true },
    { name: 'bindings', text: 'agents.option.bind', required: true },
  ],
  options: { dryRun: { kind: 'flag', text: 'config.option.dryRun' }, ...jsonOption },
  examples: [{ command: 'agents bind work telegram:work,whatsapp' }],
  async run(context, { id, bindings }, options) {
    const { config } = await localConfig(context)
    requireAgent(agentRoster(config), id)
    const known = config.bindings ?? []
    const fresh = readBindings(id, bindings).filter((rule) => !known.some((other) => sameBinding(rule, other)))
    const edits = fresh.length === 0 ? [] : [{ op: 'set' as const, path: 'bindings', value: [...known, ...fresh] }]
    return runEdit(context, edits, options)
  },
})
