/** An element of a document: its own text, its attributes and the elements in it. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Element[]
  readonly text: string
}

interface Open {
  name: string
  attributes: Record<string, string>
  children: Element[]
  text: string
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const nameForm = String.raw`[A-Za-z_][\w.:-]*`

/**
 * Parses the small part of XML 1.0 that service definitions use, and refuses everything that a strict parser refuses:
 * open elements, bare `&` and `<`, unknown entities, text beside the root.
 */
export function parseXml(text: string): Element {
  const root: Open = { name: '', attributes: {}, children: [], text: '' }
  const stack = [root]
  const token = /<\?xml [^?]*\?>|<!DOCTYPE [^>]*>|<[^>]*>|[^<]+/gy
  let end = 0
  for (const [part] of text.matchAll(token)) {
    end += part.length
    const top = stack.at(-1) as Open
    if (part.startsWith('<?') || part.startsWith('<!')) {
      if (stack.length > 1 || root.children.length > 0) throw new Error(`misplaced: ${part}`)
    } else if (part.startsWith('</')) {
      if (part !== `</${top.name}>` || stack.length === 1) throw new Error(`${part} closes <${top.name}>`)
      stack.pop()
    } else if (part.startsWith('<')) {
      const element = openTag(part)
      top.children.push(element)
      if (!part.endsWith('/>')) stack.push(element)
    } else if (stack.length === 1 && part.trim() !== '') throw new Error(`text beside the root: ${part}`)
    else top.text += decoded(part)
  }
  if (end !== text.length) throw new Error(`not XML from character ${end}`)
  const [only] = root.children
  if (stack.length !== 1 || root.children.length !== 1 || !only) throw new Error('not exactly one closed root')
  return only
}

function openTag(part: string): Open {
  const form = new RegExp(`^<(${nameForm})((?:\\s+${nameForm}="[^"<]*")*)\\s*/?>$`).exec(part)
  if (!form) throw new Error(`not a tag: ${part}`)
  const attributes = [...(form[2] ?? '').matchAll(new RegExp(`(${nameForm})="([^"]*)"`, 'g'))]
  return {
    name: form[1] ?? '',
    attributes: Object.fromEntries(attributes.map(([, name = '', value = '']) => [name, decoded(value)])),
    children: [],
    text: '',
  }
}

function decoded(text: string): string {
  return text.replace(/&([^;]*);?/g, (whole, name: string) => {
    const found = whole.endsWith(';') ? entities[name] : undefined
    if (found === undefined) throw new Error(`not an entity: ${whole}`)
    return found
  })
}

/** The first element of this name below, at any depth. */
export function find(element: Element, name: string): Element | undefined {
  for (const child of element.children) {
    const found = child.name === name ? child : find(child, name)
    if (found) return found
  }
  return undefined
}
