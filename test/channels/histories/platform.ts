import {
  type Capabilities,
  type Channel,
  ChannelFailure,
  type Connection,
  type Inbound,
  type Outbound,
  type Place,
  placeKey,
} from '../../../src/channels/port.js'
import { News } from '../../../src/kernel/news.js'
import type { Random } from '../../helper/random.js'
import type { Life } from './life.js'

/** What people see. */
export interface Shown {
  readonly id: string
  readonly place: string
  readonly key: string
  readonly text: string
}

/** A chat platform as it outlives the gateway: what it was told to keep, and what people were shown. */
export class Platform {
  readonly shown: Shown[] = []
  /** Messages that the gateway said it has. */
  readonly acknowledged: Inbound[] = []
  readonly #waiting: Inbound[]
  readonly #capabilities: Capabilities
  readonly #random: Random
  readonly #news = new News()
  /** Of sends that do not go well. */
  trouble: number

  constructor(messages: readonly Inbound[], capabilities: Capabilities, random: Random, trouble: number) {
    this.#waiting = [...messages]
    this.#capabilities = capabilities
    this.#random = random
    this.trouble = trouble
  }

  get waiting(): number {
    return this.#waiting.length
  }

  channel(life: Life): Channel {
    return {
      label: 'model',
      capabilities: this.#capabilities,
      needs: [[]],
      normaliseId: (text) => text,
      open: (_account, host): Connection => ({
        run: async (signal) => {
          host.alive()
          while (!signal.aborted) {
            const [next] = this.#waiting
            if (!next) {
              await this.#news.next(signal)
              continue
            }
            if (this.#random.chance(0.3)) await new Promise((resolve) => setTimeout(resolve, 1))
            // Some platforms hand in twice what was acknowledged once.
            const twice = this.#random.chance(0.1) ? this.acknowledged.at(-1) : undefined
            if (twice) await host.receive(twice)
            await host.receive(next)
            life.step()
            this.#waiting.shift()
            this.acknowledged.push(next)
          }
        },
        send: async (place, message) => {
          life.step()
          const shown = this.#take(place, message)
          life.step()
          return shown
        },
        probe: async () => ({ ok: true }),
      }),
    }
  }

  #take(place: Place, { key, text }: Outbound): { readonly id: string } {
    const fate = this.#random.chance(this.trouble)
      ? this.#random.pick(['busy', 'unreachable', 'unheard'] as const)
      : 'fine'
    if (fate === 'busy') throw new ChannelFailure('rate_limit', 'too many messages', 1_000)
    if (fate === 'unreachable') throw new ChannelFailure('network', 'no connection')
    const known = this.#capabilities.idempotent ? this.shown.find((one) => one.key === key) : undefined
    const shown = known ?? { id: `m${this.shown.length + 1}`, place: placeKey(place), key, text }
    if (!known) this.shown.push(shown)
    if (fate === 'unheard') throw new ChannelFailure('ambiguous', 'no answer')
    return { id: shown.id }
  }
}
