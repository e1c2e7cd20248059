import type { RunEvent } from '../../agents/types.js'
import type { Growth } from '../port.js'
import { closeFence } from './chunk.js'
import { maybeSilent } from './shape.js'

/** Tools that a draft names: the newest. */
const maxTools = 8
/** The beginning of a tag like `[[reply_to_current]]`. */
const halfTag = /\[\[?[^\]\n]*\]?$/

/** What an unfinished answer has to show, from the events of its turn. Keeps at most `maxChars` of it. */
export class Draft {
  readonly #growth: Growth
  readonly #maxChars: number
  #text = ''
  readonly #tools = new Map<string, string>()

  constructor(growth: Growth, maxChars: number) {
    this.#growth = growth
    this.#maxChars = maxChars
  }

  /** Takes an event; true when there may be more to show after it. */
  add(event: RunEvent): boolean {
    if (this.#growth === 'progress') return this.#step(event)
    if (event.type !== 'text' || this.#text.length >= this.#maxChars) return false
    this.#text += event.delta
    return true
  }

  /** Markdown; empty when there is nothing to show yet. */
  get words(): string {
    if (this.#growth === 'progress') return ['⏳ Working …', ...this.#tools.values()].join('\n')
    if (maybeSilent(this.#text)) return ''
    const said = this.#growth === 'block' ? this.#text.slice(0, this.#text.lastIndexOf('\n\n') + 1) : this.#text
    return closeFence(said.replace(halfTag, '').trimEnd())
  }

  #step(event: RunEvent): boolean {
    if (event.type === 'start') return true
    if (event.type === 'tool_start') this.#tools.set(event.callId, `▸ \`${event.name}\``)
    else if (event.type === 'tool_result')
      this.#tools.set(event.callId, `${event.result.isError ? '✗' : '✓'} \`${event.name}\``)
    else return false
    const [oldest = ''] = this.#tools.keys()
    if (this.#tools.size > maxTools) this.#tools.delete(oldest)
    return true
  }
}
