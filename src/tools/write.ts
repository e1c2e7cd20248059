import { Type } from '../../schemas/type.js'
import { said } from './_text/file.js'
import { defineTool } from './_types.js'

export default defineTool({
  group: 'fs',
  label: 'Write file',
  summary: 'Write a whole file; makes missing folders, replaces what is there.',
  params: Type.Object({ path: Type.String({ minLength: 1 }), content: Type.String() }),
  spellings: { file_path: 'path', filePath: 'path', text: 'content' },
  async run({ files }, { path, content }) {
    const before = await files.stat(path)
    await files.write(path, content)
    const bytes = Buffer.byteLength(content)
    return said(`${before ? 'Replaced' : 'Wrote'} ${path} (${bytes} bytes).`, { path, bytes, created: !before })
  },
})
