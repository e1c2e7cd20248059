import type memory from '../../../../routes/ws/memory.js'
import { callOptions } from '../../client-options.js'
import { defineCommand } from '../../define.js'
import { type GatewayLine, withGateway } from '../../gateway-line.js'
import { usageError } from '../../usage.js'

const scopes = ['operator.read']
const help = 'memory search --help'

export default defineCommand({
  summary: 'memory.search.summary',
  args: [{ name: 'query', text: 'memory.search.query' }],
  options: {
    query: { kind: 'text', value: 'text', text: 'memory.option.query' },
    agent: { kind: 'text', value: 'id', text: 'memory.option.agent' },
    maxResults: { kind: 'integer', value: 'count', min: 1, max: 50, text: 'memory.option.maxResults' },
    minScore: { kind: 'text', value: 'score', text: 'memory.option.minScore' },
    ...callOptions,
  },
  examples: [{ command: 'memory search "release checklist"' }],
  async run(context, args, options) {
    const { out, t } = context
    const query = options.query ?? args.query
    if (!query) throw usageError(t('memory.noQuery'), help)
    const minScore = options.minScore === undefined ? undefined : Number(options.minScore)
    if (minScore !== undefined && !(minScore >= 0 && minScore <= 1)) throw usageError(t('memory.badScore'), help)
    const params = { query, agentId: options.agent, maxResults: options.maxResults, minScore }
    const found = await withGateway(context, options, { scopes }, (gateway: GatewayLine<typeof memory>) =>
      gateway.call('memory.search', params),
    )
    out.result(found, () => {
      const notes = found.notes.map((note) => out.style(note, 'dim'))
      if (found.results.length === 0) return [t('memory.nothing'), ...notes]
      const rows = found.results.map(
        ({ path, startLine, endLine, score, snippet }) =>
          `${out.style(`${path}:${startLine}-${endLine}`, 'cyan')} (${score.toFixed(2)})\n${snippet}\n`,
      )
      return [...rows, ...notes]
    })
    return 0
  },
})
