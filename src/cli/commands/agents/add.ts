import { createAgent } from '../../../agents/manage.js'
import { editConfig } from '../../../config/edit.js'
import { configSource } from '../../../config/source.js'
import { readBindings } from '../../agents/bindings.js'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { localConfig } from '../../local-config.js'
import { configFor } from '../../models/choice.js'

export default defineCommand({
  summary: 'agents.add.summary',
  description: 'agents.add.description',
  args: [{ name: 'name', text: 'agents.arg.name', required: true }],
  options: {
    workspace: { kind: 'text', value: 'path', text: 'agents.option.workspace' },
    model: { kind: 'text', value: 'model', text: 'agents.option.model' },
    bind: { kind: 'text', value: 'channel[:account],...', text: 'agents.option.bind' },
    agentDir: { kind: 'text', value: 'path', text: 'agents.option.agentDir' },
    emoji: { kind: 'text', value: 'emoji', text: 'agents.option.emoji' },
    nonInteractive: { kind: 'flag', text: 'agents.option.nonInteractive', hidden: true },
    ...jsonOption,
  },
  examples: [{ command: 'agents add work --model lmstudio/mini --bind telegram:work' }],
  async run(context, { name }, { workspace, model, bind, agentDir, emoji }) {
    const { out, t } = context
    const { instance } = await localConfig(context)
    const rules = readBindings('', bind)
    // A typo must not end up in the config.
    if (model) await configFor(context, model)
    const agent = await createAgent(instance, { name, workspace, model, emoji })
    const { agentId } = agent
    const { config } = await localConfig(context)
    const own = rules.map((rule) => ({ ...rule, agentId }))
    const edits = [
      ...(own.length > 0
        ? [{ op: 'set' as const, path: 'bindings', value: [...(config.bindings ?? []), ...own] }]
        : []),
      ...(agentDir ? [{ op: 'set' as const, path: ['agents', 'entries', agentId, 'agentDir'], value: agentDir }] : []),
    ]
    if (edits.length > 0) await editConfig(configSource(instance), edits, { version: instance.version })
    const made = { ...agent, ...(model && { model }), bindings: own.map(({ match }) => match) }
    out.result({ ok: true, ...made }, () => [
      t('agents.add.done', { id: agentId, workspace: agent.workspace }),
      t('agents.add.next', { id: agentId }),
    ])
    return 0
  },
})
