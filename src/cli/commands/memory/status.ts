import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'

export default defineCommand({
  summary: 'memory.status.summary',
  options: {
    agent: { kind: 'text', value: 'id', text: 'memory.option.agents' },
    deep: { kind: 'flag', text: 'memory.option.deep' },
    index: { kind: 'flag', text: 'memory.option.index' },
    ...callOptions,
  },
  examples: [{ command: 'memory status --deep' }],
  async run(context, _args, options) {
    const { showMemory } = await import('../../memory-status.js')
    const { deep, index } = options
    await showMemory(context, options, { deep: deep || index, index, force: false })
    return 0
  },
})
