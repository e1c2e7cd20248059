import { setImmediate as turn } from 'node:timers/promises'
import { findAll, isElement, type PageElement, type PageNode } from './dom.js'

/** Shorter is a caption or a button, not a text. */
const MIN_PARAGRAPH = 25
/** Less than this was not the text of the page. */
const MIN_CONTENT = 200
/** A part must hold this much of the page's text to stand for it. */
const MIN_SHARE = 0.3
const MANY_LINKS = 0.5

const chrome: ReadonlySet<string> = new Set(['nav', 'footer', 'aside', 'form', 'button', 'dialog', 'menu', 'input'])
const chromeRoles =
  /^(?:navigation|banner|contentinfo|complementary|search|menu|menubar|toolbar|dialog|alertdialog|alert|tablist)$/
const unlikely =
  /(?:^|[\s_-])(?:ad|ads|advert|banner|breadcrumbs?|combx|comments?|cookie|consent|disqus|footer|gdpr|menu|modal|nav|navbar|newsletter|pager|pagination|popup|promo|related|remark|replies|rss|share|sharing|shoutbox|sidebar|skip|social|sponsor|subscribe|toc|toolbar|widget)(?:$|[\s_-])/i

/**
 * What a reader came for, without navigation, sidebars and footers; the whole page when that cannot be told. Other work
 * gets its turn between the steps.
 */
export async function mainContent(root: PageElement): Promise<PageElement> {
  const [body = root] = findAll(root, ({ name }) => name === 'body')
  const page = visible(body)
  await turn()
  const measure = measurer()
  const worth = (element: PageElement, total: number) => {
    const { text } = measure(element)
    return text >= MIN_CONTENT && text >= total * MIN_SHARE
  }
  const cleaned = without(page, isChrome)
  const total = measure(cleaned).text
  await turn()
  const marked = markedContent(cleaned)
  const best = marked && worth(marked, total) ? marked : bestCandidate(cleaned, measure)
  const chosen = best && worth(best, total) ? best : cleaned
  await turn()
  const length = measure(chosen).text
  const content = without(chosen, (element) => isUnlikely(element, length, measure))
  await turn()
  const left = measure(content).text
  return left >= MIN_CONTENT || left >= total * MIN_SHARE ? content : page
}

/** The page without what its author hides: nobody reads it, and it may be meant for models only. */
export function visible(element: PageElement): PageElement {
  return without(element, isHidden)
}

function isHidden({ attributes }: PageElement): boolean {
  if ('hidden' in attributes || attributes['aria-hidden'] === 'true') return true
  return /(?:display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?![.\d])|font-size\s*:\s*0(?![.\d]))/i.test(
    attributes.style ?? '',
  )
}

function isChrome({ name, attributes }: PageElement): boolean {
  return chrome.has(name) || chromeRoles.test(attributes.role ?? '')
}

/** Named like something beside the text, and small or made of links. */
function isUnlikely(element: PageElement, total: number, measure: Measurer): boolean {
  const { id = '', class: classes = '' } = element.attributes
  if (!unlikely.test(`${classes} ${id}`)) return false
  const { text, linked } = measure(element)
  return text < total * MIN_SHARE || linked > text * MANY_LINKS
}

function without(element: PageElement, drop: (element: PageElement) => boolean): PageElement {
  const children = element.children.flatMap((child): PageNode[] => {
    if (!isElement(child)) return [child]
    return drop(child) ? [] : [without(child, drop)]
  })
  return { ...element, children }
}

/** What the author marked as the content; one of several articles is only a part. */
function markedContent(root: PageElement): PageElement | undefined {
  const [main] = findAll(root, ({ name, attributes }) => name === 'main' || attributes.role === 'main')
  if (main) return main
  const articles = findAll(root, ({ name }) => name === 'article')
  return articles.length === 1 ? articles[0] : undefined
}

/** The element whose own paragraphs weigh most: each counts fully for its parent, half for the one above. */
function bestCandidate(root: PageElement, measure: Measurer): PageElement | undefined {
  const scores = new Map<PageElement, number>()
  const add = (element: PageElement | undefined, score: number) => {
    if (element) scores.set(element, (scores.get(element) ?? 0) + score)
  }
  const visit = (element: PageElement, parent?: PageElement, grandparent?: PageElement): void => {
    if (/^(?:p|pre|blockquote|li|td|h[1-6])$/.test(element.name)) {
      const { text, linked } = measure(element)
      if (text >= MIN_PARAGRAPH) {
        add(parent, text - linked)
        add(grandparent, (text - linked) / 2)
      }
    }
    for (const child of element.children) if (isElement(child)) visit(child, element, parent)
  }
  visit(root)
  let best: PageElement | undefined
  for (const [element, score] of scores) if (score > (scores.get(best ?? element) ?? 0) || !best) best = element
  return best
}

/** Characters of text, and how many of them are links. */
interface Measure {
  readonly text: number
  readonly linked: number
}

type Measurer = (element: PageElement) => Measure

/** Every element is counted once: they lie in each other, and a page can be made so that each is asked for. */
function measurer(): Measurer {
  const known = new Map<PageElement, Measure>()
  const measure = (element: PageElement): Measure => {
    const found = known.get(element) ?? count(element)
    known.set(element, found)
    return found
  }
  const count = ({ name, children }: PageElement): Measure => {
    let text = 0
    let linked = 0
    for (const child of children) {
      const inner = isElement(child) ? measure(child) : { text: child.trim().length, linked: 0 }
      text += inner.text
      linked += inner.linked
    }
    return { text, linked: name === 'a' ? text : linked }
  }
  return measure
}
