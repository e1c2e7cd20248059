import { marked, type Token, type Tokens } from 'marked'
import { textTable } from '../_text-table.js'

/** Characters that have a meaning in Telegram's HTML (Bot API, "HTML style"). */
export const escapeHtml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** Markdown as models write it in the HTML that Telegram shows; what it has no form for becomes plain text. */
export function telegramHtml(markdown: string): string {
  return blocks(marked.lexer(markdown, { gfm: true })).trim()
}

/** What a token holds; some kinds hold nothing. */
const within = (token: Token): Token[] | undefined => (token as Tokens.Generic).tokens

function blocks(tokens: readonly Token[]): string {
  return tokens
    .map((token) => block(token))
    .filter((text) => text !== '')
    .join('\n\n')
}

function block(token: Token): string {
  switch (token.type) {
    case 'space':
    case 'def':
      return ''
    case 'heading':
      return `<b>${inline(within(token) ?? [])}</b>`
    case 'code': {
      const { text, lang = '' } = token as Tokens.Code
      const language = /^[\w+#-]+/.exec(lang)?.[0]
      const open = language === undefined ? '<pre><code>' : `<pre><code class="language-${escapeHtml(language)}">`
      return `${open}${escapeHtml(text)}</code></pre>`
    }
    case 'blockquote':
      return `<blockquote>${blocks(within(token) ?? []).replaceAll('\n\n', '\n')}</blockquote>`
    case 'list':
      return list(token as Tokens.List)
    case 'table':
      return `<pre>${escapeHtml(textTable(token as Tokens.Table))}</pre>`
    case 'hr':
      return '———'
    case 'html':
      return escapeHtml((token as Tokens.HTML).text.trim())
    default:
      return inline(within(token) ?? [token])
  }
}

function list({ items, ordered, start }: Tokens.List, depth = 0): string {
  const first = typeof start === 'number' ? start : 1
  return items
    .map((item, index) => {
      const box = item.task ? (item.checked ? '☑ ' : '☐ ') : ''
      const mark = ordered ? `${first + index}. ` : box === '' ? '• ' : ''
      const lines = item.tokens
        .filter(({ type }) => type !== 'checkbox')
        .map((token) => (token.type === 'list' ? list(token as Tokens.List, depth + 1) : block(token)))
      return `${'  '.repeat(depth)}${mark}${box}${lines.filter((line) => line !== '').join('\n')}`
    })
    .join('\n')
}

function inline(tokens: readonly Token[]): string {
  return tokens.map((token) => span(token)).join('')
}

function span(token: Token): string {
  const inner = () => inline(within(token) ?? [])
  switch (token.type) {
    case 'strong':
      return `<b>${inner()}</b>`
    case 'em':
      return `<i>${inner()}</i>`
    case 'del':
      return `<s>${inner()}</s>`
    case 'codespan':
      return `<code>${escapeHtml((token as Tokens.Codespan).text)}</code>`
    case 'br':
      return '\n'
    case 'link': {
      const { href } = token as Tokens.Link
      return /^(?:https?|tg|mailto):/i.test(href)
        ? `<a href="${escapeHtml(href).replaceAll('"', '&quot;')}">${inner()}</a>`
        : inner()
    }
    case 'image': {
      const { href, text } = token as Tokens.Image
      return escapeHtml(text === '' ? href : `${text} (${href})`)
    }
    case 'escape':
      return escapeHtml((token as Tokens.Escape).text)
    case 'checkbox':
      return ''
    case 'text':
      return within(token) ? inner() : spoilers(escapeHtml(unescapeEntities((token as Tokens.Text).text)))
    default:
      return escapeHtml(token.raw)
  }
}

/** Tables and text keep their characters: the lexer hands some of them on as entities. */
function unescapeEntities(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}

const spoilers = (text: string) => text.replace(/\|\|(?=\S)([^|\n]+?)\|\|/g, '<tg-spoiler>$1</tg-spoiler>')
