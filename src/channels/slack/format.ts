import { marked, type Token, type Tokens } from 'marked'
import { textTable } from '../_text-table.js'

/** Characters that have a meaning in Slack's text ("Formatting text for app surfaces"). */
const escapeText = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** What Slack has escaped, or the lexer hands on as entities. */
export const unescapeText = (text: string) =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')

/** Markdown as models write it in the mrkdwn of Slack; what it has no form for becomes plain text. */
export function slackText(markdown: string): string {
  return blocks(marked.lexer(markdown, { gfm: true })).trim()
}

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
      return `*${inline(within(token) ?? []).replaceAll('*', '')}*`
    case 'code':
      return `\`\`\`\n${escapeText((token as Tokens.Code).text)}\n\`\`\``
    case 'blockquote':
      return blocks(within(token) ?? []).replace(/^/gm, '> ')
    case 'list':
      return list(token as Tokens.List)
    case 'table':
      return `\`\`\`\n${escapeText(unescapeText(textTable(token as Tokens.Table)))}\n\`\`\``
    case 'hr':
      return '———'
    case 'html':
      return escapeText((token as Tokens.HTML).text.trim())
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
      return `${'    '.repeat(depth)}${mark}${box}${lines.filter((line) => line !== '').join('\n')}`
    })
    .join('\n')
}

const inline = (tokens: readonly Token[]): string => tokens.map((token) => span(token)).join('')

function span(token: Token): string {
  const inner = () => inline(within(token) ?? [])
  switch (token.type) {
    case 'strong':
      return `*${inner()}*`
    case 'em':
      return `_${inner()}_`
    case 'del':
      return `~${inner()}~`
    case 'codespan':
      return `\`${escapeText(unescapeText((token as Tokens.Codespan).text))}\``
    case 'br':
      return '\n'
    case 'link':
      return link((token as Tokens.Link).href, inner())
    case 'image': {
      const { href, text } = token as Tokens.Image
      return link(href, escapeText(text))
    }
    case 'escape':
      return escapeText(unescapeText((token as Tokens.Escape).text))
    case 'checkbox':
      return ''
    case 'text':
      return within(token) ? inner() : escapeText(unescapeText((token as Tokens.Text).text))
    default:
      return escapeText(token.raw)
  }
}

/** A bar would end the address, and an address that runs code is text. */
function link(href: string, text: string): string {
  if (!/^(?:https?|mailto):/i.test(href)) return text
  const url = escapeText(href).replaceAll('|', '%7C')
  return text === '' || text === url ? `<${url}>` : `<${url}|${text.replaceAll('|', '¦')}>`
}
