import { Type } from '../../schemas/type.js'
import { memoryOn } from './_memory/on.js'
import type { MemoryHit } from './_memory.js'
import { said } from './_text/file.js'
import { defineTool } from './_types.js'

export default defineTool({
  group: 'memory',
  label: 'Search memory',
  summary: 'Search your notes (MEMORY.md, memory/). Use it before you answer from what you remember of earlier days.',
  params: Type.Object({
    query: Type.String({ minLength: 1, maxLength: 1_000 }),
    maxResults: Type.Optional(Type.Integer({ minimum: 1, maximum: 50, description: 'Default 6' })),
    minScore: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'Default 0.35' })),
  }),
  spellings: { q: 'query', max_results: 'maxResults', limit: 'maxResults', min_score: 'minScore' },
  readOnly: true,
  quiet: ['minScore'],
  setupKey: 'agents.defaults.memorySearch.enabled',
  available: (config, { agent }) => memoryOn(config, agent),
  async run({ agent, memory, log, signal }, args) {
    const { results, mode, model, notes } = await memory.search(agent, { ...args, signal })
    for (const note of notes) log.debug({ agent }, `memory: ${note}`)
    const details = { results, mode, ...(model !== undefined && { model }), ...(notes.length > 0 && { notes }) }
    if (results.length === 0) return said('Nothing was found.', details)
    return said(results.map(shown).join('\n\n'), details)
  },
})

function shown({ path, startLine, endLine, score, snippet, heading }: MemoryHit): string {
  const under = heading === '' ? '' : ` under "${heading}"`
  return `${path}:${startLine}-${endLine} (${score.toFixed(2)})${under}\n${snippet}`
}
