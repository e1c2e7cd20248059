import { fetch } from 'undici'
import { unanswered } from '../_http/json.js'
import { ChannelFailure } from '../port.js'

/** signal-cli writes a comment every 15 seconds; a stream that has done so and falls silent is dead. */
const silentMs = 60_000
/** Longer events are nothing that a person wrote. */
const maxEvent = 4 * 1024 ** 2

export interface EventsOptions {
  readonly url: string
  readonly signal: AbortSignal
  /** The stream is open. */
  readonly opened: () => void
  /** Called for each event, one after the other. */
  readonly take: (data: string) => Promise<void>
}

/** Reads server-sent events until the stream ends. Rejects with a `ChannelFailure` when it cannot be had. */
export async function readEvents({ url, signal, opened, take }: EventsOptions): Promise<void> {
  const silence = new AbortController()
  const both = AbortSignal.any([signal, silence.signal])
  const response = await fetch(url, {
    headers: { accept: 'text/event-stream' },
    redirect: 'error',
    signal: both,
  }).catch((error: unknown) => {
    throw unanswered('events', error)
  })
  if (response.status >= 400 && response.status < 500) {
    throw new ChannelFailure('auth', `events: HTTP ${response.status}: the daemon does not serve this account`)
  }
  if (!response.ok || !response.body) throw new ChannelFailure('network', `events: HTTP ${response.status}`)
  opened()
  let timer: ReturnType<typeof setTimeout> | undefined
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for await (const part of response.body as AsyncIterable<Uint8Array>) {
      rest = `${rest}${decoder.decode(part, { stream: true })}`.replaceAll('\r\n', '\n')
      if (rest.length > maxEvent) throw new ChannelFailure('network', 'events: one of them has no end')
      const blocks = rest.split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        if (block.startsWith(':') || timer !== undefined) {
          clearTimeout(timer)
          timer = setTimeout(() => silence.abort(), silentMs)
          timer.unref()
        }
        const data = dataOf(block)
        if (data !== '') await take(data)
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error instanceof ChannelFailure ? error : unanswered('events', error)
  } finally {
    clearTimeout(timer)
  }
}

const dataOf = (block: string) =>
  block
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).replace(/^ /, ''))
    .join('\n')
