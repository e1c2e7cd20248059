import { NOTHING, plainText, type Spoken } from '../_content.js'

const wordJoiner = '\u2060'

/**
 * For programs that read files for `@<path>` and run commands for `/<name>`: whoever writes a message must not make them
 * do that. An invisible character breaks the pattern and leaves the words.
 */
export function disarm(prompt: string): string {
  return prompt.replace(/(?<![\w.])@(?=\S)/g, `@${wordJoiner}`).replace(/^(?=\s*[/!#])/, wordJoiner)
}

/**
 * What a program is told: the new message as it is, or everything that it has not heard yet as text, in marks that
 * nobody in it can imitate.
 */
export function renderPrompt(messages: readonly Spoken[], continued: boolean): string {
  const [only] = messages
  if (messages.length === 1 && only?.role === 'user') return plainText(only.content) || NOTHING
  const intro = continued
    ? 'This was said since your last answer. Answer the last message.'
    : 'This is the conversation so far; "assistant" is you. Answer the last message, without marks around it.'
  return [intro, ...messages.flatMap(renderMessage)].join('\n\n')
}

function renderMessage(message: Spoken): string[] {
  const text = plainText(message.content)
  if (message.role === 'tool') return [marked('tool-result', text)]
  if (message.role === 'user') return [marked('user', text || NOTHING)]
  const calls = (message.toolCalls ?? []).map(({ name, arguments: args }) => marked('tool-call', `${name} ${args}`))
  return [...(text === '' ? [] : [marked('assistant', text)]), ...calls]
}

function marked(who: string, text: string): string {
  return `<${who}>\n${text.replace(/<(?=\/?(?:user|assistant|tool-result|tool-call)>)/gi, '&lt;')}\n</${who}>`
}
