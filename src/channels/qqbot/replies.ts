import type { Clock } from '../../kernel/clock.js'
import { type Host, type Place, placeKey } from '../port.js'

const minute = 60_000
/** How often, and how long, a message may be answered; beyond that, messages count as unasked for, which are few. */
const limits = {
  direct: { ms: 60 * minute, replies: 4 },
  group: { ms: 5 * minute, replies: 5 },
  channel: { ms: 5 * minute, replies: 5 },
} as const
/** The request itself takes time. */
const marginMs = 10_000
const keptSources = 8
const keptClaims = 32

interface Source {
  readonly id: string
  readonly at: number
  readonly used: number
}

export interface Claim {
  readonly key: string
  /** The message that is answered; undefined: an unasked one. */
  readonly id?: string
  readonly seq: number
}

interface Ledger {
  readonly sources: readonly Source[]
  readonly claims: readonly Claim[]
}

/**
 * Which message an answer answers, and as which one of its answers. The platform wants both, and shows the same pair
 * once: a second try of an answer keeps its pair, also over a restart.
 */
export class Replies {
  readonly #memory: Host['memory']
  readonly #clock: Clock

  constructor(memory: Host['memory'], clock: Clock) {
    this.#memory = memory
    this.#clock = clock
  }

  /** Somebody said this: it may be answered from now on. */
  async heard(place: Place, id: string): Promise<void> {
    const { sources, claims } = await this.#read(place)
    if (sources.some((source) => source.id === id)) return
    const next = [{ id, at: this.#clock.now(), used: 0 }, ...sources].slice(0, keptSources)
    await this.#write(place, { sources: next, claims })
  }

  /** What an answer is sent with. `again`: it was sent with that before. */
  async claim(place: Place, key: string, wanted: string | undefined): Promise<Claim & { readonly again: boolean }> {
    const { sources, claims } = await this.#read(place)
    const known = claims.find((claim) => claim.key === key)
    if (known) return { ...known, again: true }
    const { ms, replies } = limits[place.kind]
    const now = this.#clock.now()
    const usable = sources.filter(({ at, used }) => used < replies && now - at < ms - marginMs)
    const source = usable.find(({ id }) => id === wanted) ?? usable[0]
    const seq = (source?.used ?? 0) + 1
    const claim = { key, seq, ...(source && { id: source.id }) }
    const next = sources.map((one) => (one === source ? { ...one, used: seq } : one))
    await this.#write(place, { sources: next, claims: [claim, ...claims].slice(0, keptClaims) })
    return { ...claim, again: false }
  }

  /** The pair was taken by something else: the next try gets another one. */
  async drop(place: Place, key: string): Promise<void> {
    const { sources, claims } = await this.#read(place)
    await this.#write(place, { sources, claims: claims.filter((claim) => claim.key !== key) })
  }

  async #read(place: Place): Promise<Ledger> {
    const text = await this.#memory.get(`replies ${placeKey(place)}`)
    return text === undefined ? { sources: [], claims: [] } : JSON.parse(text)
  }

  #write(place: Place, ledger: Ledger): Promise<void> {
    return this.#memory.set(`replies ${placeKey(place)}`, JSON.stringify(ledger))
  }
}
