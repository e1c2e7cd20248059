import { updateAgent } from '../../../agents/manage.js'
import { agentRoster } from '../../../agents/select.js'
import { editConfig } from '../../../config/edit.js'
import { configSource } from '../../../config/source.js'
import { GatewayError } from '../../../kernel/errors.js'
import { jsonOption } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { localConfig } from '../../local-config.js'

export default defineCommand({
  summary: 'agents.setIdentity.summary',
  description: 'agents.setIdentity.description',
  options: {
    agent: { kind: 'text', value: 'id', text: 'agents.option.agent' },
    name: { kind: 'text', value: 'name', text: 'agents.option.name' },
    theme: { kind: 'text', value: 'text', text: 'agents.option.theme' },
    emoji: { kind: 'text', value: 'emoji', text: 'agents.option.emoji' },
    avatar: { kind: 'text', value: 'url', text: 'agents.option.avatar' },
    ...jsonOption,
  },
  examples: [{ command: 'agents set-identity --agent work --name Ada --emoji 🦊' }],
  async run(context, _args, { agent, name, theme, emoji, avatar }) {
    const { out, t } = context
    const { instance, config } = await localConfig(context)
    const agentId = agent ?? agentRoster(config).defaultId
    const identity = {
      ...(name !== undefined && { name: name || null }),
      ...(theme !== undefined && { theme: theme || null }),
    }
    if (Object.keys(identity).length === 0 && emoji === undefined && avatar === undefined) {
      throw new GatewayError('usage', { message: t('agents.setIdentity.nothing') })
    }
    await updateAgent(instance, { agentId, emoji, avatar })
    if (Object.keys(identity).length > 0) {
      const edit = { op: 'merge' as const, path: ['agents', 'entries', agentId, 'identity'], value: identity }
      await editConfig(configSource(instance), [edit], { version: instance.version })
    }
    const after = await localConfig(context)
    const now = after.config.agents?.entries?.[agentId]?.identity ?? {}
    out.result({ ok: true, agentId, identity: now }, () => [t('agents.setIdentity.done', { id: agentId })])
    return 0
  },
})
