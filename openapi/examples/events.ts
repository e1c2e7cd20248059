/**
 * Reads server-sent events as the gateway writes them: one `data:` line of JSON each, comments in between, `[DONE]` at
 * the end. Throws what a failure inside the stream says.
 */
export async function* events<T extends object>(
  body: ReadableStream<Uint8Array> | null | undefined,
): AsyncGenerator<T> {
  if (!body) throw new Error('no stream')
  const decoder = new TextDecoder()
  let text = ''
  for await (const bytes of body) {
    text += decoder.decode(bytes, { stream: true })
    const parts = text.split('\n\n')
    text = parts.pop() ?? ''
    for (const part of parts) {
      if (!part.startsWith('data: ')) continue
      const data = part.slice('data: '.length)
      if (data === '[DONE]') return
      const event: T | { error: { message: string } } = JSON.parse(data)
      if ('error' in event) throw new Error(event.error.message)
      yield event
    }
  }
  throw new Error('the stream broke off')
}
