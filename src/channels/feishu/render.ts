export type RenderMode = 'auto' | 'raw' | 'card'

interface Rendered {
  readonly msg_type: 'text' | 'post' | 'interactive'
  /** JSON in JSON: so the API wants it. */
  readonly content: string
}

/** Marks of markdown that a plain text would show as they are. */
const marks = /[*_~`#>[]|^\s*(?:[-+]|\d+\.)\s|\|/m

/** An answer as the platform shows it: plain text where nothing is lost by that, else markdown. */
export function rendered(markdown: string, mode: RenderMode): Rendered {
  const text = withoutCalls(markdown)
  if (mode === 'card') {
    const card = { schema: '2.0', body: { elements: [{ tag: 'markdown', content: text }] } }
    return { msg_type: 'interactive', content: JSON.stringify(card) }
  }
  if (mode === 'raw' || !marks.test(text)) return { msg_type: 'text', content: JSON.stringify({ text }) }
  return { msg_type: 'post', content: JSON.stringify({ zh_cn: { content: [[{ tag: 'md', text }]] } }) }
}

/** A model must not call everybody of a group: tags that do are broken up. */
const withoutCalls = (text: string) => text.replaceAll(/<(?=\/?at\b)/gi, '<\u200b')
