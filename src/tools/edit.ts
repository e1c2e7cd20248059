import { Type } from '../../schemas/type.js'
import { diffOf } from './_edit/diff.js'
import { lineOf, type Replacement, replaceAll } from './_edit/replace.js'
import { encodeText } from './_text/decode.js'
import { failed, readText, said } from './_text/file.js'
import { defineTool } from './_types.js'

const replacement = { oldText: Type.String(), newText: Type.String() }

export default defineTool({
  group: 'fs',
  label: 'Edit file',
  summary:
    'Replace text in a file. oldText must match exactly and stand there once. For several places give edits; all are made or none.',
  params: Type.Object({
    path: Type.String({ minLength: 1 }),
    oldText: Type.Optional(replacement.oldText),
    newText: Type.Optional(replacement.newText),
    edits: Type.Optional(Type.Array(Type.Object(replacement), { minItems: 1, maxItems: 200 })),
  }),
  spellings: { file_path: 'path', filePath: 'path', old_string: 'oldText', new_string: 'newText' },
  async run({ files }, { path, oldText, newText, edits = [] }) {
    const replacements: Replacement[] = [...edits]
    if (oldText !== undefined && newText !== undefined) replacements.unshift({ oldText, newText })
    else if (oldText !== undefined || newText !== undefined) return failed('Give both oldText and newText.')
    if (replacements.length === 0) return failed('Give oldText and newText, or edits.')
    const file = await readText(files, path)
    if (typeof file === 'string') return failed(file)
    const outcome = replaceAll(file.text, replacements)
    if ('problem' in outcome) return failed(`${path}: ${outcome.problem}`)
    await files.write(path, encodeText({ ...file, text: outcome.text }))
    const line = lineOf(file.text, outcome.places[0]?.start ?? 0)
    const count = outcome.places.length
    return said(`Edited ${path}: ${count} ${count === 1 ? 'place' : 'places'}, first at line ${line}.`, {
      path,
      edits: count,
      firstLine: line,
      diff: diffOf(file.text, outcome.places),
    })
  },
})
