import type { RunProgress } from '../agents/events.js'
import { Draft } from '../channels/deliver/draft.js'
import { Preview, type PreviewOptions, type Shown } from '../channels/deliver/preview.js'
import type { Piece } from '../channels/deliver/shape.js'
import type { Growth } from '../channels/port.js'
import type { Bus } from '../kernel/events.js'
import type { GatewayEvents } from './events.js'

export interface GrowingAnswer extends Omit<PreviewOptions, 'look' | 'key'> {
  readonly runId: string
  readonly growth: Growth
  /** Longest message. */
  readonly limit: number
  /** Markdown as it is sent. */
  readonly shape: (text: string) => readonly Piece[]
}

/** Answers to messages of chats that are shown while they are written. What it keeps of a turn goes with the turn. */
export class Previews {
  readonly #running = new Map<string, { readonly draft: Draft; readonly preview: Preview }>()

  /** Listens; the returned function stops. */
  follow(bus: Bus<GatewayEvents>): () => void {
    return bus.on('run.event', ({ runId, event }: RunProgress) => {
      const running = this.#running.get(runId)
      if (running?.draft.add(event)) running.preview.touch()
    })
  }

  /** Shows the answer of a turn from now on; the returned function ends that and gives what stands in the chat. */
  begin({ runId, growth, limit, shape, ...rest }: GrowingAnswer): () => Promise<Shown | undefined> {
    // What is longer than one message is not shown before it is complete; some room for tags that are cut out.
    const draft = new Draft(growth, 2 * limit)
    const look = () => {
      const { words } = draft
      return words === '' ? undefined : shape(words)[0]
    }
    const preview = new Preview({ ...rest, look, key: `${runId}:preview` })
    this.#running.set(runId, { draft, preview })
    return () => {
      this.#running.delete(runId)
      return preview.stop()
    }
  }
}
