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
  /** Nobody may have heard its id: the platform's answer, or the run that asked, was lost. */
  readonly unheard: () => boolean
}

/** How a call goes. `refused`: a message that may not be changed. */
type Fate = 'fine' | 'busy' | 'unreachable' | 'unheard' | 'refused'

/** A chat platform as it outlives the gateway: what it was told to keep, and what people were shown. */
export class Platform {
  shown: readonly Shown[] = []
  /** Messages that the gateway said it has. */
  readonly acknowledged: Inbound[] = []
  /** Ids of previews that are on disk. */
  readonly noted = new Set<string>()
  /** The run that answers a message together with others, as it is on disk. */
  readonly joined = new Map<string, string>()
  /** Messages that were changed though the next run would not know of them. */
  readonly unknown: string[] = []
  readonly #waiting: Inbound[]
  readonly #capabilities: Capabilities
  readonly #random: Random
  readonly #news = new News()
  #sent = 0
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
          const shown = this.#take(place, message, life)
          life.step()
          return shown
        },
        ...(this.#capabilities.edits && {
          edit: async (_place: Place, id: string, text: string) => {
            life.step()
            if (!this.noted.has(id)) this.unknown.push(id)
            this.#change(id, ['busy', 'unreachable', 'unheard', 'refused'], (one) => [{ ...one, text }])
            life.step()
          },
        }),
        ...(this.#capabilities.deletes && {
          remove: async (_place: Place, id: string) => {
            life.step()
            this.#change(id, ['busy', 'unreachable', 'unheard'], () => [])
            life.step()
          },
        }),
        probe: async () => ({ ok: true }),
      }),
    }
  }

  #take(place: Place, { key, text }: Outbound, life: Life): { readonly id: string } {
    const fate = this.#meet(['busy', 'unreachable', 'unheard'])
    const known = this.#capabilities.idempotentMs ? this.shown.find((one) => one.key === key) : undefined
    const id = known?.id ?? `m${++this.#sent}`
    const unheard = () => fate === 'unheard' || life.crashed
    if (!known) this.shown = [...this.shown, { id, place: placeKey(place), key, text, unheard }]
    if (fate === 'unheard') throw new ChannelFailure('ambiguous', 'no answer')
    return { id }
  }

  /** Puts what `change` gives in the place of a message. */
  #change(id: string, fates: readonly Fate[], change: (one: Shown) => Shown[]): void {
    const fate = this.#meet(fates)
    if (!this.shown.some((one) => one.id === id)) throw new ChannelFailure('refused', 'there is no such message')
    this.shown = this.shown.flatMap((one) => (one.id === id ? change(one) : [one]))
    if (fate === 'unheard') throw new ChannelFailure('ambiguous', 'no answer')
  }

  /** Throws what keeps a call from having an effect. */
  #meet(fates: readonly Fate[]): Fate {
    const fate = this.#random.chance(this.trouble) ? this.#random.pick(fates) : 'fine'
    if (fate === 'busy') throw new ChannelFailure('rate_limit', 'too many messages', 1_000)
    if (fate === 'unreachable') throw new ChannelFailure('network', 'no connection')
    if (fate === 'refused') throw new ChannelFailure('refused', 'this message cannot be changed')
    return fate
  }
}
