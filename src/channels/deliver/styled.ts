import { marked, type Token, type Tokens } from 'marked'

export type Style = 'bold' | 'italic' | 'strike' | 'code'

/** Where a style applies: UTF-16 units of the text. */
export interface Span {
  readonly start: number
  readonly length: number
  readonly style: Style
}

export interface Styled {
  readonly text: string
  readonly spans: readonly Span[]
}

/** Markdown as text without marks, and what the marks said: for platforms that show no markdown. */
export function styledText(markdown: string): Styled {
  const page = new Page()
  page.blocks(marked.lexer(markdown, { gfm: true }), '\n\n')
  return page.done()
}

const within = (token: Token): Token[] => (token as Tokens.Generic).tokens ?? []

class Page {
  #text = ''
  readonly #spans: Span[] = []

  done(): Styled {
    const text = this.#text.trimEnd()
    const spans = this.#spans.flatMap((span) => {
      const length = Math.min(span.length, text.length - span.start)
      return length > 0 ? [{ ...span, length }] : []
    })
    return { text, spans }
  }

  blocks(tokens: readonly Token[], between: string): void {
    let first = true
    for (const token of tokens) {
      if (token.type === 'space' || token.type === 'def') continue
      if (!first) this.#text += between
      first = false
      this.#block(token)
    }
  }

  #block(token: Token): void {
    switch (token.type) {
      case 'heading':
        this.#as('bold', () => this.#inline(within(token)))
        break
      case 'code':
        this.#as('code', () => this.#say((token as Tokens.Code).text))
        break
      case 'blockquote':
        this.#say('> ')
        this.blocks(within(token), '\n> ')
        break
      case 'list':
        this.#list(token as Tokens.List, 0)
        break
      case 'table':
        this.#as('code', () => this.#say(tableOf(token as Tokens.Table)))
        break
      case 'hr':
        this.#say('———')
        break
      case 'html':
        this.#say(token.raw.trim())
        break
      default:
        if (within(token).length > 0) this.#inline(within(token))
        else this.#span(token)
    }
  }

  #list({ items, ordered, start }: Tokens.List, depth: number): void {
    const from = typeof start === 'number' ? start : 1
    for (const [index, item] of items.entries()) {
      if (index > 0) this.#say('\n')
      this.#say(`${'  '.repeat(depth)}${ordered ? `${from + index}.` : item.task ? (item.checked ? '☑' : '☐') : '•'} `)
      let first = true
      for (const token of item.tokens) {
        if (token.type === 'checkbox' || token.type === 'space') continue
        if (!first) this.#say('\n')
        first = false
        if (token.type === 'list') this.#list(token as Tokens.List, depth + 1)
        else this.#block(token)
      }
    }
  }

  #inline(tokens: readonly Token[]): void {
    for (const token of tokens) this.#span(token)
  }

  #span(token: Token): void {
    const inner = () => this.#inline(within(token))
    switch (token.type) {
      case 'strong':
        this.#as('bold', inner)
        break
      case 'em':
        this.#as('italic', inner)
        break
      case 'del':
        this.#as('strike', inner)
        break
      case 'codespan':
        this.#as('code', () => this.#say((token as Tokens.Codespan).text))
        break
      case 'br':
        this.#say('\n')
        break
      case 'link': {
        const { href, text } = token as Tokens.Link
        inner()
        if (href !== text && href !== `mailto:${text}` && /^https?:/i.test(href)) this.#say(` (${href})`)
        return
      }
      case 'image': {
        const { href, text } = token as Tokens.Image
        this.#say(text === '' ? href : `${text} (${href})`)
        break
      }
      case 'checkbox':
        return
      case 'escape':
        this.#say((token as Tokens.Escape).text)
        break
      case 'text':
        if (within(token).length > 0) inner()
        else this.#say(unescapeEntities((token as Tokens.Text).text))
        break
      default:
        this.#say(token.raw)
        break
    }
  }

  #say(text: string): void {
    this.#text += text
  }

  #as(style: Style, write: () => void): void {
    const start = this.#text.length
    write()
    const length = this.#text.length - start
    if (length > 0) this.#spans.push({ start, length, style })
  }
}

function tableOf({ header, rows }: Tokens.Table): string {
  return [header, ...rows].map((row) => row.map(({ text }) => text).join(' | ')).join('\n')
}

/** The lexer hands some characters of a text on as entities. */
function unescapeEntities(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}
