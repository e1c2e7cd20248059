import { stringEnum } from '../../schemas/primitives.js'
import { Type } from '../../schemas/type.js'
import { failed, said } from './_text/file.js'
import { defineTool, type ToolResult } from './_types.js'
import { fenceUntrusted } from './_untrusted.js'
import { fetchPage, type Page } from './_web-fetch/page.js'

/** Text of a page when the call does not say, and the most that a call gets, in characters. */
const DEFAULT_CHARS = 20_000
const MAX_CHARS = 50_000

export default defineTool({
  group: 'web',
  label: 'Fetch a page',
  summary: 'Fetch the readable text of an http(s) URL. It is untrusted.',
  params: Type.Object({
    url: Type.String({ minLength: 1, maxLength: 8_000 }),
    extractMode: Type.Optional(stringEnum(['markdown', 'text'])),
    maxChars: Type.Optional(Type.Integer({ minimum: 100, description: `Default ${DEFAULT_CHARS}` })),
  }),
  spellings: { extract_mode: 'extractMode', max_chars: 'maxChars' },
  readOnly: true,
  // What is around the text comes on top.
  resultLimit: MAX_CHARS + 10_000,
  setupKey: 'tools.web.fetch.enabled',
  available: ({ tools }) => tools?.web?.fetch?.enabled ?? true,
  async run(context, { url, extractMode = 'markdown', maxChars = DEFAULT_CHARS }) {
    const settings = context.config.tools?.web?.fetch ?? {}
    const limit = Math.min(maxChars, settings.maxChars ?? MAX_CHARS, MAX_CHARS)
    const page = await fetchPage(context, url, { mode: extractMode, limit: MAX_CHARS, settings })
    return page.text === undefined ? unreadable(page, url) : show(page, page.text, limit)
  },
})

/** Outside of the fence stand our words only: the URL as it was asked for, and of the type what can be one. */
function unreadable({ status, contentType, bytes }: Page, asked: string): ToolResult {
  const [type] = /^[a-z]{1,20}\/[a-z0-9.+-]{1,40}(?![^;\s])/i.exec(contentType) ?? []
  const what = type === undefined ? 'no known type' : `type ${type}`
  return failed(`${shortUrl(asked)} answered ${status} with ${bytes} bytes of ${what}, which hold no text.`)
}

function show(page: Page, whole: string, limit: number): ToolResult {
  const { url, status, title, truncated, cached } = page
  const cut = whole.length > limit
  const head = title === '' ? '' : `Title: ${title}\n\n`
  const notes = [
    ...(status >= 400 ? [`The server answered ${status}.`] : []),
    ...(cut || truncated ? [`Only the first ${Math.min(limit, whole.length)} characters are shown.`] : []),
  ]
  const text = [...notes, fenceUntrusted(head + cutAt(whole, limit), shortUrl(url))].join('\n')
  const details = { url, status, title, chars: whole.length, truncated: cut || truncated, cached }
  return { ...said(text, details), ...(status >= 400 && { isError: true }) }
}

function shortUrl(url: string): string {
  return url.length > 500 ? `${url.slice(0, 500)}...` : url
}

/** Not in the middle of a character. */
function cutAt(text: string, limit: number): string {
  return text.length <= limit ? text : text.slice(0, limit).replace(/[\ud800-\udbff]$/, '')
}
