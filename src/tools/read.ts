import { Type } from '../../schemas/type.js'
import { imageType, MAX_IMAGE_BYTES } from './_read/image.js'
import { MAX_LINES, MAX_PAGE_BYTES, type Page, pageOf } from './_read/page.js'
import { isBinary, lineEndOf, toLf } from './_text/decode.js'
import { failed, said } from './_text/file.js'
import { defineTool, type ToolResult } from './_types.js'

export default defineTool({
  group: 'fs',
  label: 'Read file',
  summary: `Read a text file (up to ${MAX_LINES} lines or ${MAX_PAGE_BYTES / 1024} KB; go on with offset) or look at an image.`,
  params: Type.Object({
    path: Type.String({ minLength: 1 }),
    offset: Type.Optional(Type.Integer({ minimum: 1, description: 'First line, from 1' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, description: 'Lines' })),
  }),
  spellings: { file_path: 'path', filePath: 'path' },
  readOnly: true,
  // Pages bound themselves, and go on where they end; the marks around them come on top.
  resultLimit: MAX_PAGE_BYTES + 1024,
  async run({ files }, { path, offset = 1, limit = MAX_LINES }) {
    const data = await files.read(path)
    const mediaType = imageType(data)
    if (mediaType !== undefined) return image(path, mediaType, data)
    if (isBinary(data)) return failed(`"${path}" is a binary file (${data.length} bytes), not text.`)
    const whole = new TextDecoder().decode(data)
    const page = pageOf(toLf(whole), offset, limit)
    if (!page) return failed(`"${path}" has fewer than ${offset} lines.`)
    return text(path, page, data.length, lineEndOf(whole) === '\r\n')
  },
})

function image(path: string, mediaType: string, data: Buffer): ToolResult {
  if (data.length > MAX_IMAGE_BYTES) {
    return failed(`"${path}" is an image of ${data.length} bytes; at most ${MAX_IMAGE_BYTES} can be shown. Shrink it.`)
  }
  const { content, details } = said(`${path} (${mediaType}, ${data.length} bytes)`, {
    path,
    mediaType,
    bytes: data.length,
  })
  return { content: [...content, { type: 'image', mediaType, data: data.toString('base64') }], details }
}

function text(path: string, page: Page, bytes: number, crlf: boolean): ToolResult {
  const { first, last, total, cut } = page
  const notes: string[] = []
  if (total === 0) notes.push('The file is empty.')
  if (cut) notes.push(`Line ${first} is longer than ${MAX_PAGE_BYTES / 1024} KB; this is its beginning.`)
  if (last < total) notes.push(`Lines ${first} to ${last} of ${total}. Go on with offset ${last + 1}.`)
  if (total > 0 && page.text.trim() === '') notes.push('These lines are blank.')
  if (crlf) notes.push('Lines end with CRLF.')
  const marks = notes.length > 0 ? [`[${notes.join(' ')}]`] : []
  const body = [...(page.text === '' ? [] : [page.text]), ...marks].join('\n')
  const next = last < total ? { nextOffset: last + 1 } : {}
  return said(body, { path, bytes, firstLine: first, lastLine: last, totalLines: total, ...next })
}
