import type { ContentPart, ModelMessage } from '../../models/types.js'

/** Characters of the user's text that are repeated. */
const MAX_ECHO = 2000

interface Words {
  readonly said: (text: string) => string
  readonly nothing: string
  readonly tool: (text: string) => string
  readonly images: (count: number, kinds: string) => string
  readonly hint: string
}

const english: Words = {
  said: (text) => `You said: ${text}`,
  nothing: 'You said nothing.',
  tool: (text) => `The tool answered: ${text}`,
  images: (count, kinds) => `I got ${count === 1 ? 'an image' : `${count} images`} (${kinds}), which I cannot see.`,
  hint:
    'This is the embedded echo model: no key, no network. Add a real one with ' +
    '"openclaw config set agents.defaults.model openai/gpt-5" and OPENAI_API_KEY; see docs/models.md.',
}

const chinese: Words = {
  said: (text) => `你说:${text}`,
  nothing: '你什么都没说。',
  tool: (text) => `工具返回:${text}`,
  images: (count, kinds) => `收到 ${count} 张图片(${kinds}),但我看不见。`,
  hint:
    '我是内置的回声模型,不联网,也不需要密钥。接入真实模型:设置 OPENAI_API_KEY 并运行 ' +
    '"openclaw config set agents.defaults.model openai/gpt-5",见 docs/models.md。',
}

/** What the echo model heard last. */
export interface Heard {
  readonly text: string
  readonly images: readonly string[]
  readonly fromTool: boolean
}

/** The last thing that a user or a tool said. */
export function heard(messages: readonly ModelMessage[]): Heard {
  const last = messages.findLast((message) => message.role === 'user' || message.role === 'tool')
  const content = last?.content ?? []
  return {
    text: content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n'),
    images: content.flatMap((part: ContentPart) => (part.type === 'image' ? [part.mediaType] : [])),
    fromTool: last?.role === 'tool',
  }
}

/** The echo model's answer, in the language in which it was spoken to. */
export function echoAnswer({ text, images, fromTool }: Heard): string {
  const words = /\p{Script=Han}/u.test(text) ? chinese : english
  const lines = images.length === 0 ? [] : [words.images(images.length, [...new Set(images)].join(', '))]
  if (text !== '') lines.unshift(fromTool ? words.tool(shorten(text)) : words.said(shorten(text)))
  if (lines.length === 0) lines.push(words.nothing)
  return `${lines.join('\n')}\n\n${words.hint}`
}

function shorten(text: string): string {
  return text.length <= MAX_ECHO ? text : `${text.slice(0, MAX_ECHO).replace(/[\ud800-\udbff]$/, '')}…`
}
