import type { ConnectionListener } from '../../client/socket/connection.js'
import { isObject } from '../../client/socket/frames.js'
import type { Output } from '../output.js'

/** Shows what the agent says while it says it: as text, or every event of the turn as one line of JSON. */
export class TurnStream {
  readonly #out: Output
  readonly #runId: string
  /** What stands on the screen. */
  #shown = ''

  constructor(out: Output, runId: string) {
    this.#out = out
    this.#runId = runId
  }

  get listener(): ConnectionListener {
    return { event: ({ event, payload }) => this.#event(event, payload) }
  }

  /** The whole answer: shows what is still missing of it. */
  end(text: string): void {
    this.#show(text)
    if (this.#shown !== '' && !this.#shown.endsWith('\n')) this.#out.raw('\n')
  }

  #event(name: string, payload: unknown): void {
    if (name !== 'agent' || !isObject(payload) || payload.runId !== this.#runId) return
    if (this.#out.json) {
      this.#out.raw(`${JSON.stringify({ type: 'event', ...payload })}\n`)
      return
    }
    const { stream, data } = payload
    if (stream === 'assistant' && isObject(data) && typeof data.text === 'string') this.#show(data.text)
  }

  /** Events may be missed: their text is cumulative, so the next one has it all. */
  #show(text: string): void {
    if (this.#out.json) return
    if (text.startsWith(this.#shown)) this.#out.raw(text.slice(this.#shown.length))
    else this.#out.raw(`\n${text}`)
    this.#shown = text
  }
}
