import { callOptions } from '../../../client-options.js'
import { defineCommand } from '../../../define.js'

/** `openclaw memory index`. A file of that name would be the bare word `memory`. */
export default defineCommand({
  summary: 'memory.index.summary',
  options: {
    agent: { kind: 'text', value: 'id', text: 'memory.option.agents' },
    force: { kind: 'flag', text: 'memory.option.force' },
    ...callOptions,
  },
  examples: [{ command: 'memory index' }, { command: 'memory index --agent main --force' }],
  async run(context, _args, options) {
    const { showMemory } = await import('../../../memory-status.js')
    await showMemory(context, options, { deep: false, index: true, force: options.force })
    return 0
  },
})
