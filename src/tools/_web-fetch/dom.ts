import { setImmediate as turn } from 'node:timers/promises'
import type { StopSignal } from '../../kernel/stop.js'

/** A page as a tree, without what nobody reads: scripts, styles, embedded things. */
export interface PageElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: PageNode[]
}

export type PageNode = PageElement | string

export interface PageTree {
  readonly root: PageElement
  readonly title: string
  /** `href` of the first `<base>`. */
  readonly base: string | undefined
}

/** As much of htmlparser2 as is used. */
interface Parser {
  write(chunk: string): void
  end(): void
}
interface ParserModule {
  readonly Parser: new (handler: TreeBuilder, options: { readonly decodeEntities: boolean }) => Parser
}
/** Imported at the first page; the name is kept from the compiler, which needs none of its types. */
const parserPackage: string = 'htmlparser2'

/** Characters that are parsed at once: other work gets its turn between slices. */
const SLICE = 32 * 1024
/** Deeper elements are read as if they were not there; their text stays. */
const MAX_DEPTH = 200
/** No page that people wrote has so many open elements; the parser's time grows with the square of them. */
const MAX_OPEN = 5_000

const unread: ReadonlySet<string> = new Set([
  'audio', 'canvas', 'embed', 'head', 'iframe', 'link', 'map', 'math', 'noscript', 'object', 'script', 'select',
  'style', 'svg', 'template', 'textarea', 'title', 'video',
]) // biome-ignore format: a list that reads as a list

/** Parses HTML of any quality; one that is made to be slow is cut. Throws the reason of the signal. */
export async function parsePage(html: string, signal: StopSignal): Promise<PageTree> {
  const { Parser } = (await import(parserPackage)) as ParserModule
  const builder = new TreeBuilder()
  const parser = new Parser(builder, { decodeEntities: true })
  for (let at = 0; at < html.length; at += SLICE) {
    signal.throwIfAborted()
    parser.write(html.slice(at, at + SLICE))
    if (builder.open > MAX_OPEN) break
    await turn()
  }
  parser.end()
  return { root: builder.root, title: builder.title.replace(/\s+/g, ' ').trim(), base: builder.base }
}

/** Takes the parser's events; opening and closing tags come in pairs, whatever the page does. */
class TreeBuilder {
  readonly root: PageElement = { name: 'root', attributes: {}, children: [] }
  title = ''
  /** Elements that have begun and not ended. */
  open = 0
  base: string | undefined
  readonly #open: PageElement[] = [this.root]
  /** Elements since the one that is not read; 0 outside of it. */
  #unread = 0
  #tooDeep = 0
  #inTitle = false

  onopentag(name: string, attributes: Record<string, string>): void {
    this.open += 1
    if (name === 'title' && this.title === '') this.#inTitle = true
    if (name === 'base') this.base ??= attributes.href
    // Of the head only its title counts.
    if (this.#unread > 0 || unread.has(name)) {
      this.#unread += 1
      return
    }
    const parent = this.#open.at(-1) ?? this.root
    if (this.#open.length > MAX_DEPTH) {
      this.#tooDeep += 1
      return
    }
    const element = { name, attributes, children: [] }
    parent.children.push(element)
    this.#open.push(element)
  }

  ontext(text: string): void {
    if (this.#inTitle) this.title += text
    if (this.#unread === 0) this.#open.at(-1)?.children.push(text)
  }

  onclosetag(name: string): void {
    this.open -= 1
    if (name === 'title') this.#inTitle = false
    if (this.#unread > 0) this.#unread -= 1
    else if (this.#tooDeep > 0) this.#tooDeep -= 1
    else this.#open.pop()
  }
}

export function isElement(node: PageNode): node is PageElement {
  return typeof node !== 'string'
}

/** Elements of a kind, the given one included, in the order of the page. */
export function findAll(
  element: PageElement,
  test: (element: PageElement) => boolean,
  found: PageElement[] = [],
): PageElement[] {
  if (test(element)) found.push(element)
  for (const child of element.children) if (isElement(child)) findAll(child, test, found)
  return found
}

/** All text below an element, as it stands. */
export function textOf(node: PageNode): string {
  return isElement(node) ? node.children.map(textOf).join('') : node
}
