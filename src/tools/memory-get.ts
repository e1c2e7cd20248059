import { Type } from '../../schemas/type.js'
import { memoryOn } from './_memory/on.js'
import { MAX_LINES, pageOf } from './_read/page.js'
import { toLf } from './_text/decode.js'
import { failed, said } from './_text/file.js'
import { defineTool } from './_types.js'

export default defineTool({
  group: 'memory',
  label: 'Read memory',
  summary: 'Read lines of a note that memory_search named.',
  params: Type.Object({
    path: Type.String({ minLength: 1 }),
    from: Type.Optional(Type.Integer({ minimum: 1, description: 'First line, from 1' })),
    lines: Type.Optional(Type.Integer({ minimum: 1 })),
  }),
  spellings: { file: 'path', file_path: 'path', offset: 'from', limit: 'lines' },
  readOnly: true,
  rare: true,
  // A page is bounded already.
  resultLimit: 60_000,
  setupKey: 'agents.defaults.memorySearch.enabled',
  available: (config, { agent }) => memoryOn(config, agent),
  async run({ agent, memory }, { path, from = 1, lines = MAX_LINES }) {
    const file = await memory.read(agent, path)
    // Nothing was written there yet; that is no failure of the model's.
    if (!file) return said('', { path, missing: true })
    const page = pageOf(toLf(file.text), from, lines)
    if (!page) return failed(`"${file.path}" has fewer than ${from} lines.`)
    const { first, last, total, text } = page
    const rest = last < total ? `${text === '' ? '' : '\n'}[Lines ${first} to ${last} of ${total}.]` : ''
    return said(text + rest, { path: file.path, firstLine: first, lastLine: last, totalLines: total })
  },
})
