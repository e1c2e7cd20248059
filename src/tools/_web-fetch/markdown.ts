import { isElement, type PageElement, type PageNode, textOf } from './dom.js'
import { tableText } from './table.js'

export interface MarkdownOptions {
  /** False: plain text, without links and marks. */
  readonly marks: boolean
  /** What relative links are relative to. */
  readonly base: string
  /** Characters that are wanted; what is far behind them is not written. */
  readonly limit: number
}

const blockNames: ReadonlySet<string> = new Set([
  'address', 'article', 'aside', 'blockquote', 'body', 'caption', 'center', 'dd', 'details', 'dialog', 'div', 'dl', 'dt',
  'fieldset', 'figcaption', 'figure', 'footer', 'form', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'header', 'hr', 'html', 'li',
  'main', 'menu', 'nav', 'ol', 'p', 'pre', 'root', 'section', 'summary', 'table', 'tbody', 'td', 'tfoot', 'th', 'thead',
  'tr', 'ul',
]) // biome-ignore format: a list that reads as a list

/** Quotes and lists in each other that are still indented: every level copies all lines below it. */
const MAX_INDENTS = 20

/**
 * The text of a page: paragraphs, headings, lists, tables and code, with links where `marks` asks for them. It may be
 * longer than the limit, never shorter than the page where that is within it.
 */
export function toMarkdown(root: PageElement, options: MarkdownOptions): string {
  return new Writer(options).blocks(root.children).join('\n\n')
}

class Writer {
  readonly #options: MarkdownOptions
  #written = 0
  #indents = 0
  readonly #holders = new Map<PageElement, boolean>()

  constructor(options: MarkdownOptions) {
    this.#options = options
  }

  /** Paragraphs and what stands between them; text between two blocks is a paragraph of its own. */
  blocks(nodes: readonly PageNode[]): string[] {
    const done: string[] = []
    let run: PageNode[] = []
    const flush = () => {
      const text = this.inline(run).trim()
      this.#written += text.length
      if (text !== '') done.push(text)
      run = []
    }
    for (const node of nodes) {
      if (this.full) break
      if (isElement(node) && this.#holdsBlocks(node)) {
        flush()
        // A spread would fail on the many blocks that a page of rules or empty cells has.
        for (const block of this.#block(node)) done.push(block)
      } else run.push(node)
    }
    flush()
    return done
  }

  get limit(): number {
    return this.#options.limit
  }

  /** True when what comes now is behind the limit. */
  get full(): boolean {
    return this.#written > this.#options.limit
  }

  /** Text in a line: spaces are one space, only `<br>` breaks it. */
  inline(nodes: readonly PageNode[]): string {
    // Half of it may be spaces that are dropped below.
    const enough = this.#enough * 2
    let text = ''
    for (const node of nodes) {
      if (text.length > enough) break
      text += isElement(node) ? this.#inlineElement(node) : node.replace(/[\s\u00a0]+/g, ' ').slice(0, enough)
    }
    return text.replace(/ {2,}/g, ' ').replace(/ ?\n ?/g, '\n')
  }

  #block(element: PageElement): string[] {
    const { name, children } = element
    if (/^h[1-6]$/.test(name)) return this.#heading(element)
    if (name === 'hr') return this.#rule()
    if (name === 'pre') return this.#code(element)
    if (name === 'ul' || name === 'ol' || name === 'menu') return this.#list(element)
    if (name === 'table') return tableText(element, this)
    if (name === 'blockquote') return this.#indented(children, '\n\n', '> ')
    if (name === 'dd') return this.#indented(children, '\n', '  ')
    return this.blocks(children)
  }

  /** Blocks with something before each of their lines; without it where so many are in each other that nobody reads on. */
  #indented(nodes: readonly PageNode[], between: string, mark: string, rest = mark): string[] {
    this.#indents += 1
    const text = this.blocks(nodes).join(between).slice(0, this.#enough)
    this.#indents -= 1
    if (text === '') return []
    return [this.#indents < MAX_INDENTS ? mark + text.replaceAll('\n', `\n${rest}`) : text]
  }

  /** Characters behind which nothing of a part can be wanted. */
  get #enough(): number {
    return this.#options.limit + 1
  }

  #rule(): string[] {
    if (!this.#options.marks) return []
    this.#written += 3
    return ['---']
  }

  /** An inline element around blocks, such as a link around a card, is read as a block. */
  #holdsBlocks(element: PageElement): boolean {
    if (blockNames.has(element.name)) return true
    const known = this.#holders.get(element)
    if (known !== undefined) return known
    const holds = element.children.some((child) => isElement(child) && this.#holdsBlocks(child))
    this.#holders.set(element, holds)
    return holds
  }

  #heading({ name, children }: PageElement): string[] {
    const text = this.inline(children).replaceAll('\n', ' ').trim()
    if (text === '') return []
    this.#written += text.length
    return [this.#options.marks ? `${'#'.repeat(Number(name[1]))} ${text}` : text]
  }

  #code(element: PageElement): string[] {
    const code = textOf(element).slice(0, this.#enough).replace(/^\n/, '').trimEnd()
    if (code === '') return []
    this.#written += code.length
    if (!this.#options.marks) return [code]
    const inner = element.children.find((child) => isElement(child) && child.name === 'code')
    const classes = `${element.attributes.class ?? ''} ${inner && isElement(inner) ? (inner.attributes.class ?? '') : ''}`
    const language = /\b(?:language|lang|highlight-source)-([\w+#-]{1,40})/.exec(classes)?.[1] ?? ''
    const longest = (code.match(/`{3,}/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2)
    const fence = '`'.repeat(longest + 1)
    return [`${fence}${language}\n${code}\n${fence}`]
  }

  #list({ name, attributes, children }: PageElement): string[] {
    let number = Number.parseInt(attributes.start ?? '1', 10) || 1
    const items = children.filter(isElement).flatMap((child) => {
      const mark = name === 'ol' ? `${number}. ` : '- '
      const nodes = child.name === 'li' ? child.children : [child]
      const item = this.#indented(nodes, '\n', mark, ' '.repeat(mark.length))
      number += item.length
      return item
    })
    return items.length === 0 ? [] : [items.join('\n')]
  }

  #inlineElement(element: PageElement): string {
    const { name, children, attributes } = element
    if (name === 'br') return '\n'
    if (name === 'img') return this.#image(attributes)
    const text = this.inline(children)
    if (!this.#options.marks || text.trim() === '') return text
    if (name === 'a') return this.#link(text, attributes.href)
    if (name === 'code' || name === 'kbd' || name === 'samp') return around(text.replaceAll('`', "'"), '`')
    if (name === 'strong' || name === 'b') return around(text, '**')
    if (name === 'em' || name === 'i') return around(text, '*')
    if (name === 'del' || name === 's') return around(text, '~~')
    return text
  }

  #link(text: string, href: string | undefined): string {
    const url = this.#address(href)
    const label = text.replaceAll('\n', ' ').trim()
    if (url === undefined) return text
    return label === url ? url : `[${label}](${url})`
  }

  #image({ alt = '', src }: Readonly<Record<string, string>>): string {
    const label = alt.replace(/\s+/g, ' ').trim()
    if (label === '') return ''
    const url = this.#options.marks ? this.#address(src) : undefined
    return url === undefined ? label : `![${label}](${url})`
  }

  /** Absolute; undefined for places in the same page and for what is no web address. */
  #address(href: string | undefined): string | undefined {
    if (href === undefined || href.startsWith('#') || !URL.canParse(href, this.#options.base)) return undefined
    const url = new URL(href, this.#options.base)
    if (!/^(?:https?|mailto):$/.test(url.protocol)) return undefined
    return url.href.replaceAll('(', '%28').replaceAll(')', '%29')
  }
}

/** Marks touch the text that they mark. */
function around(text: string, mark: string): string {
  const inner = text.trim()
  const at = text.length - text.trimStart().length
  return text.slice(0, at) + mark + inner + mark + text.slice(at + inner.length)
}
