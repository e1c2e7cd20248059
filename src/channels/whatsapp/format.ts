import { marked, type Token, type Tokens } from 'marked'

/** Markdown as models write it in the marks of WhatsApp; what it has no mark for becomes plain text. */
export function whatsappText(markdown: string): string {
  return blocks(marked.lexer(markdown, { gfm: true })).trim()
}

/** What a token holds; some kinds hold nothing. */
const within = (token: Token): Token[] => (token as Tokens.Generic).tokens ?? []

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
      return marking('*', plain(within(token)))
    case 'code':
      return `\`\`\`\n${(token as Tokens.Code).text}\n\`\`\``
    case 'blockquote':
      return blocks(within(token))
        .split('\n')
        .map((line) => `> ${line}`)
        .join('\n')
    case 'list':
      return list(token as Tokens.List)
    case 'table':
      return table(token as Tokens.Table)
    case 'hr':
      return '———'
    case 'html':
      return (token as Tokens.HTML).text.trim()
    default:
      return within(token).length > 0 ? inline(within(token)) : span(token)
  }
}

function list({ items, ordered, start }: Tokens.List, depth = 0): string {
  const first = typeof start === 'number' ? start : 1
  return items
    .map((item, index) => {
      const box = item.task ? (item.checked ? '☑ ' : '☐ ') : ''
      const mark = ordered ? `${first + index}. ` : box === '' ? '- ' : ''
      const lines = item.tokens
        .filter(({ type }) => type !== 'checkbox')
        .map((token) => (token.type === 'list' ? list(token as Tokens.List, depth + 1) : block(token)))
      return `${'  '.repeat(depth)}${mark}${box}${lines.filter((line) => line !== '').join('\n')}`
    })
    .join('\n')
}

/** Phones are narrow: each row is a list of what its columns say. */
function table({ header, rows }: Tokens.Table): string {
  const names = header.map(({ tokens }) => plain(tokens))
  return rows
    .map((row) => row.map(({ tokens }, column) => `- ${names[column] ?? ''}: ${inline(tokens)}`).join('\n'))
    .join('\n\n')
}

const inline = (tokens: readonly Token[]): string => tokens.map((token) => span(token)).join('')

function span(token: Token): string {
  switch (token.type) {
    case 'strong':
      return marking('*', inline(within(token)))
    case 'em':
      return marking('_', inline(within(token)))
    case 'del':
      return marking('~', inline(within(token)))
    case 'codespan':
      return `\`${(token as Tokens.Codespan).text}\``
    case 'br':
      return '\n'
    case 'link':
      return named((token as Tokens.Link).href, inline(within(token)))
    case 'image':
      return named((token as Tokens.Image).href, (token as Tokens.Image).text)
    case 'checkbox':
      return ''
    case 'text':
    case 'escape':
      return within(token).length > 0 ? inline(within(token)) : unescapeEntities((token as Tokens.Text).text)
    default:
      return token.raw
  }
}

/** A heading is bold as a whole: marks within would end it. */
function plain(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if (within(token).length > 0) return plain(within(token))
      return 'text' in token ? unescapeEntities(String(token.text)) : token.raw
    })
    .join('')
}

const marking = (mark: string, text: string) => (text.trim() === '' ? text : `${mark}${text}${mark}`)
const named = (href: string, text: string) => (text === '' || text === href ? href : `${text} (${href})`)

/** The lexer hands some characters on as entities. */
function unescapeEntities(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}
