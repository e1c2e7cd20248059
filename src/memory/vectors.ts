import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../kernel/clock.js'
import { GatewayError } from '../kernel/errors.js'
import { follow, type StopSignal } from '../kernel/stop.js'
import type { MemoryStore } from '../storage/memory-types.js'
import type { Embedder } from './embedder.js'
import { packVector, similarity, unitVector } from './vector.js'

/** Chunks in one call of the provider, and in one search at most; the next one goes on. */
const BATCH = 64
const MAX_PER_SEARCH = 512
/** All that a search waits for a provider. */
const LIMIT_MS = 20_000
/** Vectors that are compared before other work has its turn. */
const PAGE = 500

export interface VectorInput {
  readonly store: MemoryStore
  readonly clock: Clock
  readonly agent: string
  readonly embedder: Embedder
  readonly signal: StopSignal
}

/** Runs `work` with a signal that comes after the time limit at the latest. */
export async function withLimit<T>(
  clock: Clock,
  signal: StopSignal,
  work: (signal: StopSignal) => Promise<T>,
): Promise<T> {
  const { stop, unlink } = follow(signal)
  const cancel = clock.after(LIMIT_MS, () => stop.abort(new GatewayError('upstream_timeout')))
  try {
    return await work(stop)
  } finally {
    cancel()
    unlink()
  }
}

/** Makes vectors of chunks that have none, the newest first. Gives how many are left. */
export async function fillVectors(
  { store, agent, embedder, signal }: Omit<VectorInput, 'clock'>,
  most = MAX_PER_SEARCH,
): Promise<number> {
  const { key } = embedder
  for (let made = 0; made < most; ) {
    signal.throwIfAborted()
    const chunks = await store.withoutVector(agent, key, Math.min(BATCH, most - made))
    if (chunks.length === 0) return 0
    const texts = chunks.map(({ heading, text }) => (heading === '' ? text : `${heading}\n\n${text}`))
    const vectors = await embedder.embed(texts, signal)
    const packed = chunks.flatMap(({ hash }, index) => {
      const vector = vectors[index]
      return vector ? [{ hash, vector: packVector(vector) }] : []
    })
    if (packed.length === 0) throw new GatewayError('upstream_error')
    await store.putVectors(key, packed)
    made += packed.length
  }
  return store.countWithoutVector(agent, key)
}

/** How similar to the query the best chunks are, and those that are asked for; by id. */
export async function nearest(
  { store, agent, embedder, signal }: Omit<VectorInput, 'clock'>,
  query: string,
  wanted: ReadonlySet<number>,
  limit: number,
): Promise<ReadonlyMap<number, number>> {
  const [vector] = await embedder.embed([query], signal)
  const unit = unitVector(vector ?? [])
  const asked = new Map<number, number>()
  let best: (readonly [id: number, score: number])[] = []
  for (let after = -1; ; ) {
    signal.throwIfAborted()
    const page = await store.vectors(agent, embedder.key, after, PAGE)
    const scored = page.map(({ id, vector: packed }) => [id, similarity(unit, packed)] as const)
    for (const [id, score] of scored) if (wanted.has(id)) asked.set(id, score)
    best = [...best, ...scored].sort(([, a], [, b]) => b - a).slice(0, limit)
    const last = page.at(-1)
    if (!last || page.length < PAGE) return new Map([...best, ...asked])
    after = last.id
    await turn()
  }
}
