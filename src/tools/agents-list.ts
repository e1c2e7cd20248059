import { Type } from '../../schemas/type.js'
import { said } from './_text/file.js'
import { defineTool } from './_types.js'

export default defineTool({
  group: 'agents',
  label: 'List agents',
  summary: 'List the agents that sessions_spawn may start.',
  params: Type.Object({}),
  rare: true,
  readOnly: true,
  async run({ gateway }) {
    const found = gateway.agents.spawnable()
    const lines = found.agents.map(({ id, name }) => {
      const marks = [...(name === undefined ? [] : [name]), ...(id === found.requester ? ['you'] : [])]
      return marks.length === 0 ? id : `${id} (${marks.join(', ')})`
    })
    return said(lines.join('\n'), { ...found })
  },
})
